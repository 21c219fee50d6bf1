"""What can be refused about a decision on many sheets, in the words people read."""


class BatchRefused(Exception):
    """The decision cannot be asked so; `message` is in French."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
