"""Why an import refuses; each carries the sentence to show."""


class ImportRefused(Exception):
    """What was asked of an import cannot be done; `message` says why."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class TooHeavy(ImportRefused):
    """The file is heavier than a file may be."""


class NotATable(ImportRefused):
    """By its content, the file is none of the forms the import takes."""


class OneOpen(ImportRefused):
    """Another file of the same import is not over."""


class UnknownRun(ImportRefused):
    """No such run in the region in scope."""

    def __init__(self) -> None:
        super().__init__("Cet import n'existe pas dans cette région.")
