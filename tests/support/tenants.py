"""Every tenant there is: the regions, the model folder, and those that exist for tests."""

from functools import cache
from pathlib import Path

from portal.domain.checking import check
from portal.tenancy.loader import load_tenant
from portal.tenancy.tenant import Tenant

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDERS = (ROOT / "tenants", ROOT / "tests" / "tenants")


def every_folder(gathered: Path) -> Path:
    """A folder that gathers the regions and those that exist for tests, as links."""
    for root in FOLDERS:
        for path in root.iterdir():
            if (path / "tenant.yaml").exists() and not path.name.startswith("_"):
                (gathered / path.name).symlink_to(path)
    return gathered


@cache
def every_tenant() -> list[Tenant]:
    """All of them, checked."""
    folders = (p for root in FOLDERS if root.is_dir() for p in sorted(root.iterdir()))
    return [load_tenant(p, check) for p in folders if (p / "tenant.yaml").exists()]


@cache
def tenant_named(slug: str) -> Tenant:
    """One of them, by its slug."""
    return next(t for t in every_tenant() if t.slug == slug)
