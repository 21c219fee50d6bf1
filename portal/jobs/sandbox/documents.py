"""What the sandbox reads in a document: the portal's JSON, or a LHÉO file. It knows no more than any target would."""

import json
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat


@dataclass(frozen=True)
class Document:
    """What a document says of itself; `problem` when it is none."""

    session: dict[str, Any] = field(default_factory=dict)
    verb: str = ""
    problem: str | None = None

    @property
    def shown(self) -> str:
        """What people call the session."""
        return str(self.session.get("reference") or self.session.get("code") or self.session.get("id") or "?")


def read_document(body: bytes, content_type: str, key: str, verb: str) -> Document:
    """Read a document sent under an idempotency key; `verb` is what came beside it."""
    if not key:
        return Document(verb=verb, problem="Document sans clé.")
    return _xml(body, verb) if "xml" in content_type else _json(body, key)


def _json(body: bytes, key: str) -> Document:
    try:
        read = json.loads(body)
    except ValueError:
        return Document(problem="Ce n'est pas du JSON.")
    if not isinstance(read, dict) or not read.get("delivery"):
        return Document(problem="Document illisible : « delivery » manque.")
    session = read.get("session")
    found = Document(session if isinstance(session, dict) else {}, str(read.get("verb", "?")))
    if read["delivery"] != key:
        return Document(found.session, found.verb, "La clé n'est pas celle du document.")
    return found


def _xml(body: bytes, verb: str) -> Document:
    """The first element must be `lheo`; the number of the session is that of the last element that has one."""
    names, numbers = [], []

    def start(name: str, attributes: dict[str, str]) -> None:
        names.append(name.rpartition(" ")[2])
        if names[-1] in ("action", "session") and attributes.get("numero"):
            numbers.append(attributes["numero"])

    def refuse(*_: object) -> None:
        raise ValueError("un document n'a pas de DTD")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.StartDoctypeDeclHandler = start, refuse
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, ValueError) as error:
        return Document(verb=verb, problem=f"XML mal formé : {error}")
    if names[0] != "lheo":
        return Document(verb=verb, problem=f"Élément racine « {names[0]} » au lieu de « lheo ».")
    code = numbers[-1] if numbers else ""
    return Document({"code": code, "id": code}, verb or "put")
