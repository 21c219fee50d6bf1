"""What a new reference file must respect before it replaces a table."""

from portal.domain.reference.errors import ShrunkFileError

MOST_LOST = 0.05


def validate_not_shrunk(title: str, held: int, offered: int) -> None:
    """Refuse a file that would lose more than 5 % of the rows held, or all of them; raises ShrunkFileError."""
    if offered and offered >= held * (1 - MOST_LOST):
        return
    raise ShrunkFileError(
        f"{title} : le fichier compte {offered} lignes, la table en compte {held}. "
        f"Un fichier qui perd plus de {MOST_LOST:.0%} des lignes est refusé ; "
        "s'il est juste, relancez avec --force."
    )
