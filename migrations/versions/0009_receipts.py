"""Batches, receipts that come later, and what refusals mean."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from portal.tenancy.migrating import keep_apart

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES = ("delivery_batch", "refusal_wording")
WITHIN = "fk_within_batch_id_delivery_batch"


def upgrade() -> None:
    create_batch()
    create_wording()
    keep_apart(op.get_bind(), *TABLES)
    op.add_column("delivery", sa.Column("refusal", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.add_column("delivery", sa.Column("proof", sa.String(), nullable=True))
    op.add_column("delivery", sa.Column("batch_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(WITHIN, "delivery", "delivery_batch", ["tenant", "batch_id"], ["tenant", "id"])


def downgrade() -> None:
    op.drop_constraint(WITHIN, "delivery")
    for column in ("batch_id", "proof", "refusal"):
        op.drop_column("delivery", column)
    for table in reversed(TABLES):
        op.drop_table(table)


def create_batch() -> None:
    op.create_table(
        "delivery_batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_batch")),
        sa.UniqueConstraint("tenant", "id", name=op.f("uq_delivery_batch_tenant_id")),
        sa.UniqueConstraint("tenant", "target", "number", name=op.f("uq_delivery_batch_tenant_target_number")),
    )
    op.create_index(op.f("ix_delivery_batch_tenant"), "delivery_batch", ["tenant"], unique=False)


def create_wording() -> None:
    op.create_table(
        "refusal_wording",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("said", sa.String(), nullable=True),
        sa.Column("field_name", sa.String(), nullable=True),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("message", sa.String(), nullable=True),
        sa.Column("action", sa.String(), nullable=True),
        sa.Column("field", sa.String(), nullable=True),
        sa.Column("worded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("worded_by", sa.String(), nullable=True),
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refusal_wording")),
        sa.UniqueConstraint("tenant", "id", name=op.f("uq_refusal_wording_tenant_id")),
        sa.UniqueConstraint("tenant", "target", "key", name=op.f("uq_refusal_wording_tenant_target_key")),
    )
    op.create_index(op.f("ix_refusal_wording_tenant"), "refusal_wording", ["tenant"], unique=False)
