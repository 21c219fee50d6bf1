"""Days as LHÉO writes them: eight digits, with zeros for what is not known and nines for what does not end."""

from datetime import date

UNKNOWN = "00000000"
ENDLESS = "99999999"


def written(day: str | None) -> str:
    """A day stored in ISO form, a moment included, as LHÉO writes it; zeros when there is none."""
    return day[:10].replace("-", "") if day else UNKNOWN


def day_of(text: str) -> str | None:
    """The day of eight digits in ISO form; None when it is unknown, endless, partial, or no day at all."""
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:])).isoformat()
    except ValueError:
        return None


def is_convention(text: str) -> bool:
    """Whether it is a way to say « unknown », « endless », « that month » or « that year »."""
    if text in (UNKNOWN, ENDLESS):
        return True
    known_month = "00" <= text[4:6] <= "12"
    return text.endswith("00") and known_month and text[:4] != "0000"


def fault_of(text: str) -> str | None:
    """What is wrong with a day; None when it is one, or a convention."""
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        return "huit chiffres sont attendus, AAAAMMJJ"
    if day_of(text) is None and not is_convention(text):
        return "ce jour n'existe pas"
    return None


def latest(text: str) -> str:
    """The last day a partial date may mean, for comparing two of them."""
    if text == UNKNOWN:
        return ENDLESS
    return text[:4] + (text[4:6] if text[4:6] != "00" else "12") + (text[6:] if text[6:] != "00" else "31")
