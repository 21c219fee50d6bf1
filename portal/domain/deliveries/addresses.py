"""Where a target is and which secret is shared with it: from the environment, never from a region's folder."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from portal.settings import Settings

SANDBOX_SECRET = "guichet-sandbox-shared-secret"  # noqa: S105 — protects nothing: the sandbox answers the demonstration only


@dataclass(frozen=True)
class Address:
    """A target's address, and the secret that signs what is sent there."""

    url: str
    secret: str = field(repr=False)


def variable_name(tenant: str, target: str) -> str:
    """The end of the names of a target's variables: `TENANT_TARGET` in `DELIVERY_URL_TENANT_TARGET`."""
    return f"{tenant}_{target}".replace("-", "_").upper()


def address_of(settings: Settings, tenant: str, target: str) -> Address | None:
    """Where to send: what the environment says, or the sandbox in a demonstration; None when nobody said."""
    name = variable_name(tenant, target).lower()
    url, secret = settings.delivery_urls.get(name), settings.delivery_secrets.get(name)
    if url and secret:
        return Address(url, secret)
    if settings.sandbox_url and (settings.demo or settings.testing):
        return Address(f"{settings.sandbox_url.rstrip('/')}/{tenant}/{target}", SANDBOX_SECRET)
    return None


def folder_of(settings: Settings, tenant: str, target: str) -> Path | None:
    """The folder where files are left for a target: `file:///…` in the environment, or a folder of the demonstration's
    own; None when nobody said.
    """
    parts = urlsplit(settings.delivery_urls.get(variable_name(tenant, target).lower(), ""))
    if parts.scheme == "file" and parts.path:
        return Path(unquote(parts.path))
    return settings.var_dir / "depots" / tenant / target if settings.demo or settings.testing else None
