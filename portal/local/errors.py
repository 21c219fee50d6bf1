"""The one way a local command says no: a French sentence and an exit code."""


class LocalError(Exception):
    """Something the person at the keyboard can act on; `code` is the exit code of the command."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code
