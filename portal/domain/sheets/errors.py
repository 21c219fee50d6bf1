"""What can go wrong with a sheet, each with the words people read."""


class SheetError(Exception):
    """A refusal concerning a sheet; `message` is in French."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class SheetNotFound(SheetError):
    """No such sheet for this person in this region."""

    def __init__(self) -> None:
        super().__init__("Cette fiche n'existe pas, ou elle ne vous est pas ouverte.")


class LockedError(SheetError):
    """What was asked may not be edited now."""


class StillRaw(SheetError):
    """A unit cannot be frozen while something typed in it is not valid yet."""
