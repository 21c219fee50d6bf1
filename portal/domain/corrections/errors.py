"""What can be refused about a remark, in the words people read."""


class CorrectionRefused(Exception):
    """A remark cannot be put, answered or settled so; `message` is in French."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
