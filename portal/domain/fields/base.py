"""What every kind of field does: read a form, clean, check, show, compare. Kinds hold no state and ask no database."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, ClassVar, Protocol

from portal.domain.conditions.types import Type
from portal.domain.fields.faults import Fault
from portal.domain.fields.words import blank, one_line, scalar
from portal.tenancy.schema import FormField

COMMON = frozenset(
    {"id", "kind", "label", "short", "term", "help", "notice", "required", "when", "public", "default", "fill"}
    | {"origin", "source", "duplicate"}
)
"""Keys of a field that make sense for every kind; each kind names its own in `settings`."""


class Form(Protocol):
    """The pairs of an HTTP form; a werkzeug MultiDict is one."""

    def getlist(self, key: str) -> list[str]: ...
    def __iter__(self) -> Iterator[str]: ...


class Place(Protocol):
    """A commune, as far as kinds are concerned."""

    @property
    def insee(self) -> str: ...
    @property
    def name(self) -> str: ...


class Lookups(Protocol):
    """What kinds may ask of the reference tables. A table may be partial: what it lacks is never a fault."""

    def commune(self, insee: str) -> Place | None: ...
    def communes_by_postal_code(self, code: str) -> Sequence[Place]: ...
    def label(self, table: str, code: str) -> str | None: ...
    def certification(self, code: str) -> Mapping[str, Any] | None: ...
    def replacement(self, table: str, code: str) -> str | None: ...


class NoLookups:
    """No reference table at hand: nothing is proposed, nothing is refused for it."""

    def commune(self, insee: str) -> Place | None:
        """Unknown."""
        return None

    def communes_by_postal_code(self, code: str) -> Sequence[Place]:
        """Unknown."""
        return ()

    def label(self, table: str, code: str) -> str | None:
        """Unknown."""
        return None

    def certification(self, code: str) -> Mapping[str, Any] | None:
        """Unknown."""
        return None

    def replacement(self, table: str, code: str) -> str | None:
        """Unknown."""
        return None


@dataclass(frozen=True)
class Context:
    """What surrounds a value: the day, the values offered to the fields whose choices depend on the sheet, the tables.

    `options` gives them by field id, or `rows.cell` inside rows. `trusted` says that values come from a source and not
    from a person: a choice whose options are not at hand is then accepted.
    """

    today: date
    tenant: str | None = None
    options: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    lookups: Lookups = field(default_factory=NoLookups)
    trusted: bool = False

    def inside(self, rows: str) -> "Context":
        """The context of the cells of a rows field: `rows.cell` is called `cell` there."""
        inside = getattr(self.options, "inside", None)
        if inside is not None:  # worked out when asked for, and not before
            return replace(self, options=inside(rows))
        own = {name.partition(".")[2]: offered for name, offered in self.options.items() if name.startswith(f"{rows}.")}
        return replace(self, options={**self.options, **own}) if own else self


Applies = Callable[[FormField, Mapping[str, Any]], bool]


def always(field: FormField, row: Mapping[str, Any]) -> bool:
    """Every cell is asked."""
    return True


class Kind:
    """A kind of field: `raw` is what a form holds, `value` what the sheet stores, `python` what conditions compute."""

    name: ClassVar[str]
    doc: ClassVar[str]
    stored: ClassVar[str] = "text"
    example: ClassVar[str]
    widget: ClassVar[str] = "text"
    inputmode: ClassVar[str | None] = None
    lookup: ClassVar[str | None] = None  # reference table in which the page may suggest as one types
    condition_type: ClassVar[Type] = Type.TEXT
    settings: ClassVar[frozenset[str]] = frozenset()

    def widget_for(self, field: FormField) -> str:
        """The control that asks for it."""
        return self.widget

    def read(self, form: Form, name: str, field: FormField) -> Any:
        """What the form holds under this name; `""` when it holds nothing."""
        values = form.getlist(name)
        return values[-1] if values else ""

    def empty(self, raw: Any) -> bool:
        """Whether nothing was given."""
        return blank(raw)

    def clean(self, raw: Any, field: FormField, context: Context) -> Any:
        """The value to store, or None when nothing was given. Raises Fault, and nothing else, whatever is given."""
        if self.empty(raw):
            return None
        value = self.parse(raw, field, context)
        if value is not None and (faults := self.check(value, field, context)):
            raise Fault(" ".join(faults))
        return value

    def parse(self, raw: Any, field: FormField, context: Context) -> Any:
        """The value a form meant, before limits are checked. Raises Fault when it cannot be understood."""
        return one_line(scalar(raw)) or None

    def check(self, value: Any, field: FormField, context: Context) -> list[str]:
        """The limits a stored value breaks, in words."""
        return []

    def missing(self, value: Any, field: FormField, applies: Applies = always) -> list[str]:
        """Paths, inside the value, of the parts or cells that are required and empty. Empty for simple values.

        `applies(cell, row)` says whether a cell is asked in a row, since cells have conditions of their own.
        """
        return []

    def raw(self, value: Any, field: FormField) -> Any:
        """What a form shows of a stored value; cleaning it gives the value back."""
        return "" if value is None else str(value)

    def show(self, value: Any, field: FormField, context: Context | None = None) -> str:
        """The value in French, on one line, for people to read."""
        return "" if value is None else str(value)

    def text(self, value: Any, field: FormField, context: Context | None = None) -> str:
        """The value for exports and for search."""
        return self.show(value, field, context)

    def python(self, value: Any, field: FormField) -> Any:
        """The value for conditions and rules; None when it is empty or is not of this kind."""
        return value if isinstance(value, str) and value else None

    def same(self, one: Any, other: Any, field: FormField) -> bool:
        """Whether two stored values say the same thing; an absent value and an empty one do."""
        return (blank(one) and blank(other)) or one == other

    def initial(self, field: FormField, context: Context) -> Any:
        """The value of a new sheet: the field's default, cleaned. Raises Fault when the default is not a value."""
        return self.clean(field.default, field, context)

    def review(self, field: FormField) -> list[str]:
        """What a tenant's file says wrong about a field of this kind, in words."""
        strange = sorted(field.model_fields_set - COMMON - self.settings)
        faults = [f"« {name} » ne s'emploie pas avec le type « {self.name} »" for name in strange]
        try:
            self.initial(field, Context(date.today(), trusted=True))
        except Fault as fault:
            faults.append(f"« default » : {fault.message}")
        return faults


def limit(written: str | None, default: int) -> int:
    """A limit written in a field as a whole number, or the default."""
    try:
        return int(written) if written else default
    except ValueError:
        return default


def review_whole(field: FormField, *names: str) -> Iterable[str]:
    """The keys, among those named, that should hold a whole number and do not."""
    for name in names:
        written = getattr(field, name)
        if written is not None and not (written.isascii() and written.isdigit() and int(written[:9]) > 0):
            yield f"« {name} » : nombre entier positif attendu, lu « {written} »"
