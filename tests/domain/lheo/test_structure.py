"""Our table of facts says what the official schemas say, element by element."""

from collections.abc import Iterator
from typing import Any

import pytest
from lxml import etree

from portal.domain.lheo.structure import VERSIONS
from portal.domain.lheo_tables import TABLES
from tests.support.official import needed

XS = "{http://www.w3.org/2001/XMLSchema}"
NOT_OURS = {"lheo-plus"}  # an extension that carries organisations; nobody was seen to write one
FREE = {"extras", "extra"}


class Schema:
    """What an official schema says of its elements."""

    def __init__(self, version: str) -> None:
        root = etree.parse(needed() / "xsd" / f"lheo-{version}.xsd").getroot()
        self.named = {(child.tag, child.get("name")): child for child in root}

    def elements(self) -> dict[str, dict[str, Any]]:
        found = (name for tag, name in self.named if tag == XS + "element")
        return {name: self._element(name) for name in found if name not in NOT_OURS}

    def _element(self, name: str) -> dict[str, Any]:
        return {"children": [], "codes": set(), "attributes": set(), **self._facts(f"{name}-type")}

    def _facts(self, type_name: str) -> dict[str, Any]:
        found: dict[str, Any] = {"children": [], "codes": set(), "attributes": set()}
        for node in self._nodes(type_name):
            kind, value = node.tag.removeprefix(XS), node.get("value")
            if kind == "element":
                most = node.get("maxOccurs", "1")
                bounds = int(node.get("minOccurs", "1")), None if most == "unbounded" else int(most)
                found["children"].append((node.get("ref").partition(":")[2], *bounds))
            elif kind == "attribute":
                found["attributes"].add(node.get("name"))
            elif kind == "enumeration":
                found["codes"].add(value)
            elif kind in ("minLength", "maxLength", "length"):
                found |= {k: int(value) for k in ("minLength", "maxLength") if kind in (k, "length")}
        return found

    def _nodes(self, type_name: str) -> Iterator[Any]:
        for tag in ("complexType", "simpleType"):
            if (made := self.named.get((XS + tag, type_name))) is not None:
                yield from self._inside(made)

    def _inside(self, made: Any) -> Iterator[Any]:
        for node in made.iter():
            yield node
            if node.tag == XS + "attributeGroup" and node.get("ref"):
                yield from self.named[XS + "attributeGroup", node.get("ref").partition(":")[2]].iter()
            base = node.get("base", "")
            if base.startswith("lheo:"):
                yield from self._nodes(base.partition(":")[2])


@pytest.mark.parametrize("version", ["2.3", "2.2"])
def test_the_table_is_the_schema(version: Any) -> None:
    official, ours = Schema(version).elements(), VERSIONS[version]

    assert set(ours) == set(official)
    for name, facts in official.items():
        if name in FREE:
            continue
        definition = ours[name]
        assert [(c.name, c.least, c.most) for c in definition.children] == facts["children"], name
        assert definition.codes == facts["codes"], name
        assert definition.attributes == facts["attributes"], name
        if definition.kind == "text":
            assert (definition.shortest, definition.longest) == (facts.get("minLength", 0), facts.get("maxLength")), (
                name
            )


def test_every_element_has_its_words() -> None:
    for elements in VERSIONS.values():
        for name, definition in elements.items():
            assert definition.label, name
            assert definition.codes <= {code for table in TABLES.values() for code in table.labels}, name
