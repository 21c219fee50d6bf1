"""Remarks on submissions; decisions on many sheets at once."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from portal.tenancy.migrating import keep_apart

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLES = ("correction", "batch", "batch_item")


def upgrade() -> None:
    create_correction()
    create_batch()
    create_item()
    keep_apart(op.get_bind(), *TABLES)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def within(table: str, *references: tuple[str, str]) -> list[sa.schema.SchemaItem]:
    """The constraints of a region's table."""
    keys = [
        sa.ForeignKeyConstraint(
            ["tenant", column], [f"{other}.tenant", f"{other}.id"], name=f"fk_within_{column}_{other}"
        )
        for column, other in references
    ]
    return [
        sa.Column("tenant", sa.String(length=40), nullable=False),
        *keys,
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("tenant", "id", name=op.f(f"uq_{table}_tenant_id")),
    ]


def create_correction() -> None:
    op.create_table(
        "correction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("sheet_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.String(length=60), nullable=False),
        sa.Column("step", sa.String(length=60), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_by_name", sa.String(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by_name", sa.String(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_reason", sa.String(), nullable=True),
        *within("correction", ("unit_id", "sheet"), ("sheet_id", "sheet"), ("revision_id", "revision")),
    )
    op.create_index(op.f("ix_correction_tenant"), "correction", ["tenant"])
    op.create_index(op.f("ix_correction_tenant_unit_id_state"), "correction", ["tenant", "unit_id", "state"])


def create_batch() -> None:
    op.create_table(
        "batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.String(length=60), nullable=False),
        sa.Column("axis", sa.String(length=60), nullable=False),
        sa.Column("move", sa.String(length=60), nullable=False),
        sa.Column("signature", sa.String(length=64), nullable=False),
        sa.Column("changes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_by_name", sa.String(), nullable=False),
        sa.Column("on_behalf_of", sa.Uuid(), nullable=True),
        sa.Column("parts", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        *within("batch"),
    )
    op.create_index(op.f("ix_batch_tenant"), "batch", ["tenant"])
    op.create_index(op.f("ix_batch_tenant_state"), "batch", ["tenant", "state"])


def create_item() -> None:
    op.create_table(
        "batch_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Uuid(), nullable=False),
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("message", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        *within("batch_item", ("batch_id", "batch"), ("sheet_id", "sheet"), ("revision_id", "revision")),
        sa.UniqueConstraint("tenant", "batch_id", "sheet_id", name=op.f("uq_batch_item_tenant_batch_id_sheet_id")),
    )
    op.create_index(op.f("ix_batch_item_tenant"), "batch_item", ["tenant"])
