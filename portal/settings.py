"""What the process needs from its environment. No tenant data lives here."""

import os
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEMO_SECRET = "guichet-demo-secret-for-a-laptop-only"  # noqa: S105 — refused outside demo mode, see `refuse_unsafe`


class SettingsError(Exception):
    """The environment asks for something unsafe or incomplete."""


@dataclass(frozen=True)
class Settings:
    """Everything the process reads from its environment, once, at start.

    `demo` turns on the demonstration accounts and the sandbox target; it is refused next to a production secret.
    """

    database_url: str
    redis_url: str
    secret_key: str
    demo: bool = False
    testing: bool = False
    tenants_dir: Path = ROOT / "tenants"
    var_dir: Path = ROOT / "var"
    base_url: str = "http://localhost:8000"
    sandbox_url: str = ""
    delivery_urls: dict[str, str] = field(default_factory=dict)
    delivery_secrets: dict[str, str] = field(default_factory=dict, repr=False)
    mail_url: str = ""
    mail_from: str = "Guichet <ne-pas-repondre@guichet.test>"
    allow_private_targets: bool = False
    cheap_passwords: bool = False
    trusted_proxies: int = 0  # how many reverse proxies of ours stand in front: their X-Forwarded-* are believed
    metrics_token: str = ""  # asked by /metrics from other machines

    def refuse_unsafe(self) -> None:
        """Refuse to start in production with a demonstration secret or none at all."""
        if self.testing or self.demo:
            return
        if not self.secret_key or self.secret_key == DEMO_SECRET:
            raise SettingsError("SECRET_KEY doit être défini (et différent de celui de la démonstration).")
        if len(self.secret_key) < 32:
            raise SettingsError("SECRET_KEY doit compter au moins 32 caractères.")


def from_environment() -> Settings:
    """Read the settings from the environment variables documented in docs/operate.md."""
    demo = os.environ.get("GUICHET_DEMO") == "1"
    database_url = os.environ.get("DATABASE_URL", "")
    if not database_url:
        raise SettingsError("DATABASE_URL doit être défini (ou lancez ./run, qui apporte sa propre base).")
    return Settings(
        database_url=database_url,
        redis_url=os.environ.get("REDIS_URL", ""),
        secret_key=os.environ.get("SECRET_KEY", DEMO_SECRET if demo else ""),
        demo=demo,
        tenants_dir=Path(os.environ.get("GUICHET_TENANTS", ROOT / "tenants")),
        var_dir=Path(os.environ.get("GUICHET_VAR", ROOT / "var")),
        base_url=os.environ.get("BASE_URL", "http://localhost:8000"),
        sandbox_url=os.environ.get("SANDBOX_URL", ""),
        delivery_urls=_all_under("DELIVERY_URL_"),
        delivery_secrets=_all_under("DELIVERY_SECRET_"),
        mail_url=os.environ.get("MAIL_URL", ""),
        mail_from=os.environ.get("MAIL_FROM", Settings.mail_from),
        allow_private_targets=demo or os.environ.get("ALLOW_PRIVATE_TARGETS") == "1",
        trusted_proxies=int(os.environ.get("TRUSTED_PROXIES", "0")),
        metrics_token=os.environ.get("METRICS_TOKEN", ""),
    )


def _all_under(prefix: str) -> dict[str, str]:
    """The variables whose names begin alike, by the end of their name in lower case."""
    return {name[len(prefix) :].lower(): value for name, value in os.environ.items() if name.startswith(prefix)}
