from typing import Any

import pytest

from tests.domain.fields.support import clean, refusal, show

COMPLETE = "Indiquez une adresse complète, par exemple contact@organisme.fr."
PHONE = "Indiquez un numéro à 10 chiffres, par exemple 06 12 34 56 78, ou un numéro étranger commençant par +."
WEB = "Indiquez une adresse complète, par exemple https://www.organisme.fr/page."
SCHEME = "Une adresse web commence par https:// ou http://."


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("email", " Marie.Dupont+eos@Hecate-Formation.FR ", "Marie.Dupont+eos@hecate-formation.fr"),
        ("email", "mailto:contact@organisme.fr", "contact@organisme.fr"),
        ("email", "o'neil@a.b.fr", "o'neil@a.b.fr"),
        ("phone", "06 12 34 56 78", "0612345678"),
        ("phone", "06.12.34.56.78", "0612345678"),
        ("phone", "+33 6 12 34 56 78", "0612345678"),
        ("phone", "0033 (0)6-12-34-56-78", "0612345678"),
        ("phone", "06\u00a012\u00a034\u00a056\u00a078", "0612345678"),
        ("phone", "+41 22 123 45 67", "+41221234567"),
        ("phone", "N°0 820 20 77 43", "0820207743"),
        ("phone", "3949", "3949"),
        ("url", "https://www.organisme.fr/page?a=1#b", "https://www.organisme.fr/page?a=1#b"),
        ("url", "www.organisme.fr", "https://www.organisme.fr"),
        ("url", "http://société.fr/é", "http://société.fr/é"),
        ("url", "https://organisme.fr:8443/", "https://organisme.fr:8443/"),
    ],
)
def test_way_to_reach_is_read(kind: str, raw: Any, value: str) -> None:
    assert clean(kind, raw) == value


@pytest.mark.parametrize(
    ("kind", "raw", "message"),
    [
        ("email", "contact", COMPLETE),
        ("email", "contact@organisme", COMPLETE),
        ("email", "@organisme.fr", COMPLETE),
        ("email", ".a@organisme.fr", COMPLETE),
        ("email", "a..b@organisme.fr", COMPLETE),
        ("email", "a@organisme..fr", COMPLETE),
        ("email", "a@-organisme.fr", COMPLETE),
        ("email", "a@127.0.0.1", COMPLETE),
        ("email", "x" * 65 + "@organisme.fr", COMPLETE),
        ("email", "a@" + "b" * 260 + ".fr", "Cette adresse est trop longue : 254 caractères au plus."),
        ("email", "é@organisme.fr", "Une adresse ne contient pas « é »."),
        ("email", "a b@organisme.fr", "Une adresse ne contient pas d'espace."),
        ("email", "a@b.fr\r\nBcc: c@d.fr", "Indiquez une seule adresse."),
        ("email", "a@b.fr, c@d.fr", "Indiquez une seule adresse."),
        ("phone", "06 12 34 56", PHONE),
        ("phone", "06 12 34 56 78 90", PHONE),
        ("phone", "poste 12", PHONE),
        ("phone", "+0123456789", PHONE),
        ("url", "organisme.fr", SCHEME),
        ("url", "javascript:alert(1)", SCHEME),
        ("url", "JavaScript://organisme.fr/%0aalert(1)", SCHEME),
        ("url", "data:text/html,x", SCHEME),
        ("url", "ftp://organisme.fr", SCHEME),
        ("url", "https://", WEB),
        ("url", "https://localhost/x", WEB),
        ("url", "https://192.168.0.1/", WEB),
        ("url", "https://[::1]/", WEB),
        ("url", "https://user:secret@organisme.fr", WEB),
        ("url", 'https://organisme.fr/"><script>', WEB),
        ("url", "https://organisme.fr/a b", WEB),
        ("url", "https://organisme.fr:99999/", WEB),
        ("url", "https://organisme.fr/" + "a" * 400, "Cette adresse est trop longue : 400 caractères au plus."),
    ],
)
def test_way_to_reach_nobody_is_refused(kind: str, raw: Any, message: str) -> None:
    assert refusal(kind, raw) == message


@pytest.mark.parametrize(
    ("value", "shown"),
    [("0612345678", "06 12 34 56 78"), ("+41221234567", "+41221234567"), ("3949", "39 49"), (None, "")],
)
def test_phone_is_shown_by_pairs(value: Any, shown: str) -> None:
    assert show("phone", value) == shown
