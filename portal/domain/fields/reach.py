"""How to reach someone: mail, telephone, web address."""

import re
from typing import Any
from urllib.parse import urlsplit

from portal.domain.conditions.types import quoted
from portal.domain.fields.base import Context, Kind
from portal.domain.fields.faults import Fault
from portal.domain.fields.words import one_line, scalar
from portal.tenancy.schema import FormField

MAIL_MAX, LOCAL_MAX, URL_MAX = 254, 64, 400
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+")
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_NOT_IN_URL = re.compile(r'[\s"<>\\^`{|}]')
_PHONE_MARKS = re.compile(r"[\s.\-/()]+|^n° ?", re.IGNORECASE)
_FRENCH = re.compile(r"0[1-9][0-9]{8}|3[0-9]{3}|1[0-9]{3}")
_FOREIGN = re.compile(r"\+[1-9][0-9]{6,14}")


def is_host(host: str) -> bool:
    """Whether it is a name of the Internet: labels, and at least one dot."""
    try:
        labels = host.encode("idna").decode("ascii").split(".")
    except UnicodeError:
        return False
    return len(host) <= 253 and len(labels) > 1 and not labels[-1].isdigit() and all(map(_LABEL.fullmatch, labels))


class Email(Kind):
    name = "email"
    doc = "One mail address."
    example = "{id: contact_mail, label: Mail, kind: email, as: session.contact.mail}"
    widget = "email"
    inputmode = "email"
    hint = "Indiquez une adresse complète, par exemple contact@organisme.fr."

    def parse(self, raw: Any, field: FormField, context: Context) -> Any:
        """The address, its domain in small letters."""
        typed = one_line(scalar(raw)).removeprefix("mailto:")
        if len(typed) > MAIL_MAX:
            raise Fault(f"Cette adresse est trop longue : {MAIL_MAX} caractères au plus.")
        local, _, domain = typed.rpartition("@")
        if typed.count("@") > 1:
            raise Fault("Indiquez une seule adresse.")
        if not local or not is_host(domain) or not domain.isascii():
            raise Fault(self.hint)
        if " " in local:
            raise Fault("Une adresse ne contient pas d'espace.")
        if wrong := next((sign for sign in local if not _LOCAL.fullmatch(sign)), None):
            raise Fault(f"Une adresse ne contient pas {quoted(wrong)}.")
        if len(local) > LOCAL_MAX or local[0] == "." or local[-1] == "." or ".." in local:
            raise Fault(self.hint)
        return f"{local}@{domain.lower()}"


class Phone(Kind):
    name = "phone"
    doc = "A telephone number: French (10 digits, or a short number), or foreign beginning with `+`."
    stored = "text: `0612345678`, `+41221234567`"
    example = "{id: contact_tel, label: Tél, kind: phone, as: session.contact.phone}"
    widget = "tel"
    inputmode = "tel"
    hint = "Indiquez un numéro à 10 chiffres, par exemple 06 12 34 56 78, ou un numéro étranger commençant par +."

    def parse(self, raw: Any, field: FormField, context: Context) -> Any:
        """The digits; a French number loses its +33."""
        digits = _PHONE_MARKS.sub("", one_line(scalar(raw)).replace("(0)", ""))
        if digits.startswith("00"):
            digits = "+" + digits[2:]
        if digits.startswith("+33"):
            digits = "0" + digits[3:].removeprefix("0")
        if not (_FRENCH.fullmatch(digits) or _FOREIGN.fullmatch(digits)):
            raise Fault(self.hint)
        return digits

    def raw(self, value: Any, field: FormField) -> Any:
        """As it is shown."""
        return self.show(value, field)

    def show(self, value: Any, field: FormField, context: Context | None = None) -> str:
        """« 06 12 34 56 78 »."""
        if not isinstance(value, str) or not value.isdigit():
            return value if isinstance(value, str) else ""
        return " ".join(value[place : place + 2] for place in range(0, len(value), 2))


class Url(Kind):
    name = "url"
    doc = "A web address, `http` or `https` only; `www.…` is completed. 400 characters at most."
    example = "{id: url_action, label: URL Action, kind: url}"
    widget = "url"
    inputmode = "url"
    hint = "Indiquez une adresse complète, par exemple https://www.organisme.fr/page."

    def parse(self, raw: Any, field: FormField, context: Context) -> Any:
        """The address, with its scheme."""
        typed = one_line(scalar(raw))
        if typed.lower().startswith("www."):
            typed = "https://" + typed
        if len(typed) > URL_MAX:
            raise Fault(f"Cette adresse est trop longue : {URL_MAX} caractères au plus.")
        try:
            parts = urlsplit(typed)
            host, named = (
                parts.hostname or "",
                parts.username is not None or (parts.port is not None and not parts.port),
            )
        except ValueError:
            raise Fault(self.hint) from None
        if parts.scheme.lower() not in ("http", "https"):
            raise Fault("Une adresse web commence par https:// ou http://.")
        if named or _NOT_IN_URL.search(typed) or not is_host(host):
            raise Fault(self.hint)
        return typed
