"""`./run bench [name]`: every measure, or one."""

import sys
from collections.abc import Callable

from bench import deliveries

MEASURES: dict[str, tuple[Callable[[], None], str]] = {
    "deliveries": (deliveries.measure, "les envois d’un worker, à côté des mêmes appels HTTP faits à la main"),
}


def main(names: list[str]) -> int:
    """Run the measures named, or all of them; 2 when one is unknown."""
    unknown = [name for name in names if name not in MEASURES]
    if unknown:
        known = "\n".join(f"  {name} : {words}" for name, (_, words) in MEASURES.items())
        print(f"Mesure inconnue : {', '.join(unknown)}.\n{known}", file=sys.stderr)
        return 2
    for name in names or MEASURES:
        MEASURES[name][0]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
