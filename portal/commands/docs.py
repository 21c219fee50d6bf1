"""`flask docs write`: the pages of docs/ that are made from the code. A test fails when one is stale."""

import types
import typing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from portal.domain import lheo_tables
from portal.domain.fields import COMMON, KINDS, PARTS, Kind
from portal.domain.rules import RULES, Rule
from portal.domain.sheets.computed import FUNCTIONS
from portal.domain.vocabulary import TERMS, TYPED_COLUMNS, Term
from portal.tenancy import schema
from portal.tenancy.demo import DemoFile

FOLDER = Path(__file__).parents[2] / "docs"
MADE = "<!-- Made by `flask docs write`: change the code, not this page. -->"
FILES: Mapping[str, type[BaseModel]] = {
    "tenant.yaml": schema.TenantFile,
    "forms/&lt;level&gt;.yaml": schema.FormFile,
    "workflow.yaml": schema.WorkflowFile,
    "overrides.yaml": schema.OverridesFile,
    "desk.yaml": schema.DeskFile,
    "flows.yaml": schema.FlowsFile,
    "mails.yaml": schema.MailsFile,
    "public.yaml": schema.PublicFile,
    "imports.yaml": schema.ImportsFile,
    "demo/data.yaml": DemoFile,
}

docs_commands = AppGroup("docs", help="Les pages de docs/ faites à partir du code.")


@docs_commands.command("write")
def write_docs() -> None:
    """Réécrit les pages de docs/ faites à partir du code."""
    for name, text in documents().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
        click.echo(f"docs/{name}")


def documents() -> dict[str, str]:
    """The generated pages, by file name."""
    return {
        "kinds.md": _page("Kinds of field", _kinds()),
        "rules.md": _page("Rules", _rules()),
        "terms.md": _page("Terms", _terms()),
        "tenant-format.md": _page("What a tenant folder may say", _tenant_format()),
    }


def _page(title: str, lines: Iterable[str]) -> str:
    return "\n".join([f"# {title}", "", MADE, "", *lines]).rstrip() + "\n"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |"
    yield ""


def _code(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


# — kinds and tables ————————————————————————————————————————————————————————————


def _kinds() -> Iterator[str]:
    yield f"Every field may say {_code(sorted(name if name != 'term' else 'as' for name in COMMON))}."
    yield "The keys below are those that each kind adds."
    yield ""
    for kind in KINDS.values():
        yield from _kind(kind)
    yield "## Functions of computed fields"
    yield ""
    for function in FUNCTIONS.values():
        yield f"`{function.name}`: {function.doc} Arguments: {_code(function.arguments)}. Never public."
        yield ""
        yield f"```yaml\n- {function.example}\n```"
        yield ""
    yield "## Parts of an address"
    yield ""
    yield from _table(("Part", "On screen", "Characters"), ((f"`{p.id}`", p.label, str(p.max)) for p in PARTS.values()))
    yield "## Official tables"
    yield ""
    yield "Codes of LHÉO 2.3, for `table`."
    yield ""
    tables = lheo_tables.TABLES.values()
    yield from _table(
        ("Table", "What it holds", "Codes"), ((f"`lheo.{t.name}`", t.title, str(len(t.current))) for t in tables)
    )


def _kind(kind: Kind) -> Iterator[str]:
    yield f"## {kind.name}"
    yield ""
    yield kind.doc
    yield ""
    yield f"- Stored: {kind.stored}. For conditions: {kind.condition_type.name.lower()}."
    if kind.settings:
        yield f"- Keys: {_code(sorted(kind.settings))}."
    yield ""
    yield f"```yaml\n- {kind.example}\n```"
    yield ""


# — rules ———————————————————————————————————————————————————————————————————————


def _rules() -> Iterator[str]:
    yield "Every use may also say when it applies, whether it blocks, and its words:"
    yield ""
    yield from _fields(schema.RuleUse)
    yield "A rule whose operands are empty has nothing to say, save the rules of presence, which say so."
    yield ""
    for rule in RULES.values():
        yield from _rule(rule)


def _rule(rule: Rule) -> Iterator[str]:
    yield f"## {rule.name}"
    yield ""
    yield rule.doc
    yield ""
    rows = ((f"`{n}`", p.kind, "yes" if p.required else "", p.doc) for n, p in rule.parameters.items())
    yield from _table(("Parameter", "Kind", "Required", ""), rows)
    yield f"```yaml\n- {rule.example}\n```"
    yield ""
    yield f"By default it says: {rule.default_message}"
    if rule.facts:
        yield f"It needs: {_code(sorted(rule.facts))}."
    yield ""


# — terms ———————————————————————————————————————————————————————————————————————


def _terms() -> Iterator[str]:
    yield "What `as:` may name. A field may be of the term's kind, of another one named here, or of one alike. A"
    yield "private term is never shown to the public, and goes to the targets said to be `private` alone."
    yield ""
    groups: dict[str, list[Term]] = {}
    for term in TERMS.values():
        groups.setdefault(term.name.partition(".")[0], []).append(term)
    for name, terms in groups.items():
        yield f"## {name}"
        yield ""
        yield from _table(("Term", "Meaning", "Kind", "LHÉO 2.3"), map(_term, terms))
    yield "## Columns"
    yield ""
    yield "Terms kept on the sheet's own columns, for lists and deadlines."
    yield ""
    yield from _table(("Term", "Column"), ((f"`{term}`", f"`{column}`") for term, column in TYPED_COLUMNS.items()))


def _term(term: Term) -> Sequence[str]:
    kinds = _code((term.kind, *term.others)) + (" (several)" if term.multiple else "")
    inside = f", in the rows of `{term.within}`" if term.within else ""
    table = f", codes of `{term.table}`" if term.table else ""
    private = ", private" if term.private else ""
    return f"`{term.name}`", term.french + inside + private, kinds + table, f"`{term.lheo}`" if term.lheo else ""


# — the format of a tenant ——————————————————————————————————————————————————————


def _tenant_format() -> Iterator[str]:
    yield "One section per file, one table per model. Keys that are not listed are faults. See also"
    yield "[kinds](kinds.md), [rules](rules.md) and [terms](terms.md)."
    yield ""
    told: set[type[BaseModel]] = set()
    for name, model in FILES.items():
        yield f"## {name}"
        yield ""
        for part in _reachable(model):
            if part not in told:
                told.add(part)
                yield from _model(part)


def _reachable(model: type[BaseModel]) -> list[type[BaseModel]]:
    """The model, then those it is made of, each once, in the order in which they are met."""
    found = [model]
    for one in found:
        for info in one.model_fields.values():
            found += [part for part in _models(info.annotation) if part not in found]
    return found


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in typing.get_args(annotation):
        yield from _models(part)


def _model(model: type[BaseModel]) -> Iterator[str]:
    yield f"### {model.__name__}"
    yield ""
    yield (model.__doc__ or "").strip().partition("\n\n")[0].replace("\n    ", " ")
    yield ""
    yield from _fields(model)


def _fields(model: type[BaseModel]) -> Iterator[str]:
    rows = (_key(name, info) for name, info in model.model_fields.items())
    yield from _table(("Key", "Value", "Default", ""), rows)


def _key(name: str, info: FieldInfo) -> Sequence[str]:
    key = "(the file)" if name == "root" else f"`{info.alias or name}`"
    return key, _kind_of(info.annotation), _default(info), info.description or ""


_WORDS = {str: "text", int: "whole number", float: "number", bool: "yes or no", Any: "anything"}


def _kind_of(annotation: Any) -> str:
    """A type, in words."""
    origin, parts = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Literal:
        return _code(map(str, parts))
    if origin is typing.Annotated:
        return _kind_of(parts[0])
    if origin in (typing.Union, types.UnionType):
        return " or ".join(_kind_of(part) for part in parts if part is not type(None))
    if origin is list:
        return f"list of {_kind_of(parts[0])}"
    if origin is dict:
        return f"mapping of {_kind_of(parts[1])}"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return f"[{annotation.__name__}](#{annotation.__name__.lower()})"
    return _WORDS.get(annotation, str(annotation))


def _default(info: FieldInfo) -> str:
    if info.is_required():
        return "required"
    if info.default is PydanticUndefined or info.default in (None, [], {}, ""):
        return ""
    if isinstance(info.default, bool):
        return "yes" if info.default else "no"
    if isinstance(info.default, BaseModel):
        return "its own defaults"
    return _code(map(str, info.default)) if isinstance(info.default, list) else f"`{info.default}`"
