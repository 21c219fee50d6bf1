"""A page as the browser has it: its forms as they would be sent, and what a fragment makes of it.

Every HTMX test ends with the reload equality: the page after the swap is the page freshly loaded.
"""

from bs4 import BeautifulSoup, Tag
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

VOLATILE = ("csrf_token",)


def soup(page: TestResponse | str) -> BeautifulSoup:
    """A page, parsed."""
    return BeautifulSoup(page if isinstance(page, str) else page.text, "html.parser")


def form_data(page: TestResponse | str, form: str = "sheet-form") -> MultiDict[str, str]:
    """What a browser would send of a form, were it submitted as it stands."""
    tree = soup(page).find("form", id=form)
    assert isinstance(tree, Tag), f"no form #{form}"
    sent: MultiDict[str, str] = MultiDict()
    for control in tree.find_all(["input", "select", "textarea"]):
        if control.get("name") and not control.has_attr("disabled"):
            for value in _values(control):
                sent.add(str(control["name"]), value)
    return sent


def _values(control: Tag) -> list[str]:
    if control.name == "textarea":
        return [control.get_text().removeprefix("\n")]
    if control.name == "select":
        options = control.find_all("option")
        chosen = [o for o in options if o.has_attr("selected")] or options[:1]
        return [str(o.get("value", o.get_text())) for o in chosen]
    if control.get("type") in ("checkbox", "radio"):
        return [str(control.get("value", "on"))] if control.has_attr("checked") else []
    return [str(control.get("value", ""))]


def after_swap(page: TestResponse | str, fragment: TestResponse, target: str, how: str = "outerHTML") -> str:
    """The page once htmx has put a fragment in it: its main content at its target, its partials at theirs."""
    tree, parts = soup(page), soup(fragment)
    target = fragment.headers.get("HX-Retarget", target)
    how = fragment.headers.get("HX-Reswap", how)
    for partial in parts.find_all("hx-partial"):
        _put(tree, str(partial["hx-target"]), str(partial["hx-swap"]), list(partial.children))
        partial.extract()
    if how != "none":
        _put(tree, target, how, list(parts.children))
    return str(tree)


def _put(tree: BeautifulSoup, target: str, how: str, content: list) -> None:
    found = tree.select_one(target)
    assert found is not None, f"nothing at {target}"
    if how.startswith("inner"):
        found.clear()
        found.extend(content)
    else:
        found.insert_before(*content)
        found.decompose()


def same_page(one: TestResponse | str, other: TestResponse | str) -> None:
    """Fail with the first difference between the main parts of two pages, tokens left out."""
    left, right = _lines(one), _lines(other)
    pairs = [(a, b) for a, b in zip(left, right, strict=False) if a != b]
    assert not pairs, f"after the swap: {pairs[0][0]}\nloaded again: {pairs[0][1]}"
    assert len(left) == len(right), (left[len(right) :] or right[len(left) :])[:3]


def _lines(page: TestResponse | str) -> list[str]:
    main = soup(page).find("main")
    assert isinstance(main, Tag)
    for control in main.find_all("input"):
        if control.get("name") in VOLATILE:
            control.decompose()
    return [line.strip() for line in main.prettify().splitlines() if line.strip()]
