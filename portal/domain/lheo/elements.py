"""An element of a document in memory: small enough to hold one offer, never a whole file."""

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class Element:
    """One element. `line` is where it was read, 0 when it was made here."""

    name: str
    text: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Element"] = field(default_factory=list)
    line: int = 0

    def all(self, name: str) -> list["Element"]:
        """The children of a name."""
        return [child for child in self.children if child.name == name]

    def first(self, name: str) -> "Element | None":
        """The child of a name that says something: the one tagged as the main one, else the first."""
        found = [child for child in self.children if child.name == name and child.says()]
        main = (child for child in found if child.attributes.get("tag") == "principal")
        return next(main, found[0] if found else None)

    def at(self, path: str) -> "Element | None":
        """The element at a path under this one."""
        found: Element | None = self
        for name in path.split("/"):
            found = found.first(name) if found is not None else None
        return found

    def put(self, path: str) -> "Element":
        """The element at a path, made where it lacks."""
        element = self
        for name in path.split("/"):
            found = next((child for child in element.children if child.name == name), None)
            if found is None:
                found = element.add(name)
            element = found
        return element

    def add(self, name: str, text: str = "", **attributes: str) -> "Element":
        """A new child, at the end."""
        child = Element(name, text, {key: value for key, value in attributes.items() if value})
        self.children.append(child)
        return child

    def says(self) -> bool:
        """Whether there is anything in it."""
        return bool(self.text.strip()) or any(child.says() for child in self.children)

    def walk(self, above: tuple[str, ...] = ()) -> Iterator[tuple[str, "Element"]]:
        """This element and everything below, each with its path."""
        here = (*above, self.name)
        yield "/".join(here), self
        for child in self.children:
            yield from child.walk(here)
