"""`python -m portal.local.folders [folder…]`: what is wrong in the regions' folders, with no server and no database.

`./run check` and `flask tenants check` both say this. It stands alone because the application, and with it every
`flask` command, refuses to start as long as a folder has a fault.
"""

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from portal.domain.checking import check
from portal.domain.checking.demo import checked_examples
from portal.settings import ROOT
from portal.tenancy.faults import TenantFaults
from portal.tenancy.loader import load_tenant


def main(arguments: list[str]) -> int:
    """Check the folders named, or all of them; 1 when one has a fault, 2 when one is not there."""
    root = Path(os.environ.get("GUICHET_TENANTS") or ROOT / "tenants")
    folders = [Path(argument) for argument in arguments]
    if missing := [str(folder) for folder in folders if not folder.is_dir()]:
        print(f"Dossier introuvable : {', '.join(missing)}", file=sys.stderr)
        return 2
    return check_folders(folders or all_folders(root))


def check_folders(folders: Iterable[Path]) -> int:
    """Read each folder, example data included, and say all its faults; 1 when there are some."""
    wrong = 0
    for folder in folders:
        try:
            tenant = load_tenant(folder, check)
            checked_examples(folder, tenant)
            print(f"{folder.name} : correct ({len(tenant.files)} fichiers)")
        except TenantFaults as error:
            wrong += len(error.faults)
            print("\n".join(map(str, error.faults)))
    if wrong:
        print(f"{wrong} faute{'s' if wrong > 1 else ''}", file=sys.stderr)
    return 1 if wrong else 0


def all_folders(root: Path) -> Iterator[Path]:
    """Every region's folder, the model included."""
    return (path for path in sorted(root.iterdir()) if path.is_dir() and not path.name.startswith("."))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
