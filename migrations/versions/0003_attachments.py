"""Files uploaded beside sheets: what is known of each; their content is on disk, under its digest."""

import sqlalchemy as sa
from alembic import op

from portal.tenancy.migrating import keep_apart

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attachment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content_type", sa.String(), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.UniqueConstraint("tenant", "digest", name=op.f("uq_attachment_tenant_digest")),
        sa.UniqueConstraint("tenant", "id", name=op.f("uq_attachment_tenant_id")),
    )
    op.create_index(op.f("ix_attachment_tenant"), "attachment", ["tenant"], unique=False)
    keep_apart(op.get_bind(), "attachment")


def downgrade() -> None:
    op.drop_table("attachment")
