"""Formacodes, publics, NSF groups, ROME trades, certifications and their blocks of skills."""

import sqlalchemy as sa
from alembic import op

from portal.tenancy.migrating import keep_apart

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = (
    "ref_formacode",
    "ref_formacode_public",
    "ref_nsf",
    "ref_rome",
    "ref_certification",
    "ref_certification_block",
)


def upgrade() -> None:
    create_formacode()
    create_formacode_public()
    create_searched_codes("ref_nsf", 3)
    create_searched_codes("ref_rome", 5)
    create_certification()
    create_certification_block()
    keep_apart(op.get_bind(), *TABLES)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def create_formacode() -> None:
    op.create_table(
        "ref_formacode",
        sa.Column("code", sa.String(length=5), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("field", sa.String(length=3), nullable=False),
        sa.Column("field_label", sa.Text(), nullable=False),
        sa.Column("parent", sa.String(length=5), nullable=True),
        sa.Column("synonyms", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("path", sa.String(length=20), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_ref_formacode")),
    )
    op.create_index("ix_ref_formacode_parent", "ref_formacode", ["parent"], unique=False)
    index_words("ref_formacode")


def create_formacode_public() -> None:
    op.create_table(
        "ref_formacode_public",
        sa.Column("code", sa.String(length=5), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_ref_formacode_public")),
    )


def create_searched_codes(table: str, length: int) -> None:
    op.create_table(
        table,
        sa.Column("code", sa.String(length=length), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f(f"pk_{table}")),
    )


def create_certification() -> None:
    op.create_table(
        "ref_certification",
        sa.Column("certif_info", sa.String(length=10), nullable=False),
        sa.Column("rncp", sa.String(length=6), nullable=True),
        sa.Column("level", sa.SmallInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("rncp_title", sa.Text(), nullable=True),
        sa.Column("certifying", sa.Boolean(), nullable=False),
        sa.Column("certifier", sa.Text(), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("replaced_by", sa.String(length=10), nullable=True),
        sa.Column("last_session_year", sa.SmallInteger(), nullable=True),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("certif_info", name=op.f("pk_ref_certification")),
    )
    op.create_index("ix_ref_certification_rncp", "ref_certification", ["rncp"], unique=False)
    index_words("ref_certification")


def create_certification_block() -> None:
    op.create_table(
        "ref_certification_block",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("rncp", sa.String(length=6), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_ref_certification_block")),
    )
    op.create_index("ix_ref_certification_block_rncp", "ref_certification_block", ["rncp"], unique=False)


def index_words(table: str) -> None:
    """Words anywhere in the names of a row; few entries wait to be sorted in, for the table is hardly ever written."""
    op.create_index(
        f"ix_{table}_words",
        table,
        ["words"],
        unique=False,
        postgresql_ops={"words": "gin_trgm_ops"},
        postgresql_using="gin",
        postgresql_with={"gin_pending_list_limit": "256"},
    )
