"""`./run <command>`: what a developer or a visitor does with the project on one machine."""

import os
import sys
from collections.abc import Callable

from portal.local import checks, start
from portal.local.errors import LocalError
from portal.settings import ROOT

COMMANDS: dict[str, tuple[Callable[[list[str]], int], str]] = {
    "run": (start.run, "démarre tout et affiche l’adresse (sans argument : ./run)"),
    "test": (checks.test, "lance les tests ; les options sont celles de pytest"),
    "check": (checks.check, "vérifie le code, les types et les régions ; avec des dossiers, ces régions seules"),
    "bench": (checks.bench, "mesure la vitesse"),
    "flask": (checks.flask, "lance une commande flask avec les services de ./run, par exemple : ./run flask routes"),
}


def main(arguments: list[str]) -> int:
    """Run one command; its exit code."""
    name, *rest = arguments or ["run"]
    if name in ("help", "-h", "--help"):
        print(usage())
        return 0
    if name not in COMMANDS:
        print(f"Commande inconnue : « {name} ».\n\n{usage()}", file=sys.stderr)
        return 2
    os.chdir(ROOT)
    try:
        return COMMANDS[name][0](rest)
    except LocalError as refusal:
        print(refusal, file=sys.stderr)
        return refusal.code


def usage() -> str:
    """The list of commands."""
    lines = [f"  ./run {name:<6} {what}" for name, (_, what) in COMMANDS.items()]
    places = "  PORT=8000  GUICHET_VAR=./var  DATABASE_URL, DATABASE_OWNER_URL, REDIS_URL : des serveurs à soi"
    return "\n".join(["Commandes", *lines, "  ./run help   cette liste", "", "Environnement", places])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
