"""What a command shows the person while it works."""


def say(line: str) -> None:
    """Print at once, also into a pipe."""
    print(line, flush=True)


def duration(seconds: float) -> str:
    """1.25 → « 1,2 s »."""
    return f"{seconds:.1f} s".replace(".", ",")
