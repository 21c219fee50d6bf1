"""Reading YAML with positions. Every scalar stays text until its field says otherwise: no `NO` → false, no `01` → 1."""

from typing import Any

import yaml

from portal.tenancy.faults import Fault, TenantFaults
from portal.tenancy.unreadable import unreadable

Path = tuple[str | int, ...]
KEY = "#key"  # pos[path + (KEY,)] is where the key itself is written, pos[path] where its value begins
EMPTY = frozenset({"", "~", "null"})
TAGS = frozenset({"str", "int", "float", "bool", "null", "timestamp", "value", "merge", "seq", "map"})  # unsaid ones
MAX_DEPTH = 40
MAX_NODES = 50_000  # anchors stand for copies: nine of nine of nine… would fill the memory with a few lines


class Source:
    """One file, read: its data (dicts, lists, strings, None) and the line of every path in it."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.lines: dict[Path, int] = {}
        self._faults: list[Fault] = []
        self._nodes = 0
        self.data = self._read(text)
        if self._faults:
            raise TenantFaults(self._faults)

    def line(self, path: Path) -> int:
        """The line of a path, or of the longest part of it that the file really has (1-based)."""
        known: Path = ()
        for part in path:
            if (*known, part) in self.lines:
                known = (*known, part)
        return self.lines.get((*known, KEY), self.lines.get(known, 1))

    def _read(self, text: str) -> Any:
        try:
            root = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        except yaml.MarkedYAMLError as error:
            raise TenantFaults([Fault(self.name, *unreadable(error, text))]) from None
        except yaml.YAMLError as error:
            raise TenantFaults([Fault(self.name, 1, f"YAML illisible : {error}")]) from None
        return None if root is None else self._build(root, ())

    def _build(self, node: yaml.Node, path: Path) -> Any:
        self._count()
        self.lines[path] = node.start_mark.line + 1
        if len(path) > MAX_DEPTH:
            self._fault(node, "imbrication trop profonde")
            return None
        if node.tag.removeprefix("tag:yaml.org,2002:") not in TAGS:
            self._fault(node, f"balise {node.tag} interdite")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self._build(item, (*path, i)) for i, item in enumerate(node.value)]
        plain = not getattr(node, "style", None)
        return None if plain and node.value in EMPTY else node.value

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._fault(key, "une clé est un mot simple")
                continue
            if key.value in out:
                self._fault(key, f"clé « {key.value} » en double (déjà ligne {self.lines[(*path, key.value, KEY)]})")
                continue
            self.lines[(*path, key.value, KEY)] = key.start_mark.line + 1
            out[key.value] = self._build(value, (*path, key.value))
        return out

    def _count(self) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise TenantFaults([Fault(self.name, 1, "fichier trop grand une fois ses ancres développées")])

    def _fault(self, node: yaml.Node, message: str) -> None:
        self._faults.append(Fault(self.name, node.start_mark.line + 1, message))
