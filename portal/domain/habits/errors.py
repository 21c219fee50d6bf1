"""What the arrangements of people refuse, in French."""


class HabitRefused(Exception):
    """Something people may not arrange so. `message` is in French; `field` names the input it is about, if any."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field
