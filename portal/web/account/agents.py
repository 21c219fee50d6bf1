"""A browser's description of itself, in two words a person recognises."""

# The first that matches names it: browsers carry the names of those they imitate.
BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def describe(agent: str | None) -> str:
    """« Firefox sur Linux », or that one does not know."""
    browser = next((name for sign, name in BROWSERS if agent and sign in agent), "Navigateur inconnu")
    system = next((name for sign, name in SYSTEMS if agent and sign in agent), None)
    return f"{browser} sur {system}" if system else browser
