"""Nomenclatures: what a training is about, the trades it leads to, the people it is for."""

from sqlalchemy import Index, String, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from portal.domain.reference.models.indexes import GIN
from portal.extensions import db


class Formacode(db.Model):  # type: ignore[name-defined]
    """A term of the Formacode thesaurus: what a training is about.

    `parent` is its generic term, None at the top of each of the 65 fields; `path` places it in the tree, two
    characters a level, so that the path of a term begins with those of its ancestors. `note` says when to use it.

    Two columns serve the search, here and in the tables below: `search` is the label in its plain form; `words` holds
    every name of the row (code, label, synonyms) in that form, each between two bars.
    """

    __tablename__ = "ref_formacode"
    __table_args__ = (
        Index("ix_ref_formacode_words", "words", postgresql_ops={"words": "gin_trgm_ops"}, **GIN),
        Index("ix_ref_formacode_parent", "parent"),
    )

    code: Mapped[str] = mapped_column(String(5), primary_key=True)
    label: Mapped[str] = mapped_column(Text)
    field: Mapped[str] = mapped_column(String(3))
    field_label: Mapped[str] = mapped_column(Text)
    parent: Mapped[str | None] = mapped_column(String(5))
    synonyms: Mapped[list[str]] = mapped_column(ARRAY(Text))
    note: Mapped[str | None] = mapped_column(Text)
    path: Mapped[str] = mapped_column(String(20))
    search: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)


class Public(db.Model):  # type: ignore[name-defined]
    """A kind of people a training is for, in the words of Formacode."""

    __tablename__ = "ref_formacode_public"

    code: Mapped[str] = mapped_column(String(5), primary_key=True)
    label: Mapped[str] = mapped_column(Text)


class Nsf(db.Model):  # type: ignore[name-defined]
    """A group of the nomenclature of training specialities."""

    __tablename__ = "ref_nsf"

    code: Mapped[str] = mapped_column(String(3), primary_key=True)
    label: Mapped[str] = mapped_column(Text)
    search: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)


class Rome(db.Model):  # type: ignore[name-defined]
    """A trade of the operational directory of trades and jobs."""

    __tablename__ = "ref_rome"

    code: Mapped[str] = mapped_column(String(5), primary_key=True)
    label: Mapped[str] = mapped_column(Text)
    search: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
