"""Where targets are: from the environment, or the sandbox in a demonstration and nowhere else."""

import pytest

from portal.domain.deliveries.addresses import SANDBOX_SECRET, address_of, variable_name
from portal.settings import Settings, from_environment


def test_names_of_variables_are_those_a_shell_accepts() -> None:
    assert variable_name("sofia-fmo", "site_public") == "SOFIA_FMO_SITE_PUBLIC"


def test_address_and_secret_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://")
    monkeypatch.setenv("DELIVERY_URL_ICI_REGION", "https://si.exemple.fr/depot")
    monkeypatch.setenv("DELIVERY_SECRET_ICI_REGION", "secret")

    address = address_of(from_environment(), "ici", "region")

    assert address is not None
    assert (address.url, address.secret) == ("https://si.exemple.fr/depot", "secret")
    assert "secret" not in repr(address)


def test_production_without_an_address_sends_nowhere() -> None:
    settings = Settings("postgresql://", "", "x" * 40, sandbox_url="http://127.0.0.1:1")

    assert address_of(settings, "ici", "region") is None


def test_address_without_a_secret_is_no_address() -> None:
    settings = Settings("postgresql://", "", "x" * 40, delivery_urls={"ici_region": "https://si.exemple.fr"})

    assert address_of(settings, "ici", "region") is None


@pytest.mark.parametrize("mode", ["demo", "testing"])
def test_demonstration_sends_to_the_sandbox(mode: str) -> None:
    settings = Settings("postgresql://", "", "x" * 40, sandbox_url="http://127.0.0.1:1/", **{mode: True})  # type: ignore[arg-type]

    address = address_of(settings, "ici", "region")

    assert address is not None
    assert (address.url, address.secret) == ("http://127.0.0.1:1/ici/region", SANDBOX_SECRET)
