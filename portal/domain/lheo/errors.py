"""What is wrong with a document, where, in French."""

from dataclasses import dataclass


class UnreadableDocument(Exception):
    """A file that is not a LHÉO document, or not one to be read without danger; `line` is 0 when it is the whole."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


@dataclass(frozen=True)
class Fault:
    """One fault of a document: where it is, what is wrong. `blocks` is false for what readers merely read
    badly; `why` is what is wrong with the value alone, for those who know the field under another name.
    """

    line: int
    path: str
    message: str
    blocks: bool = True
    why: str = ""


class InvalidDocument(Exception):
    """A document of ours that would not be valid; `faults` says why. It does not leave."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(" ".join(fault.message for fault in faults))
        self.faults = faults
