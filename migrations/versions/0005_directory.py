"""The directory of the organisations: what is still offered, the numbers of contacts, open days."""

import sqlalchemy as sa
from alembic import op

from portal.tenancy.migrating import keep_apart

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("site", "contact"):
        op.add_column(table, sa.Column("offered", sa.Boolean(), server_default="true", nullable=False))
        op.create_index(f"ix_{table}_organisation_id", table, ["organisation_id"], unique=False)
    op.add_column("contact", sa.Column("code", sa.String(), nullable=True))
    op.execute("update contact set duties = '[]' where duties = '{}'")
    op.alter_column("contact", "duties", server_default="[]")
    create_open_day()
    keep_apart(op.get_bind(), "open_day")


def downgrade() -> None:
    op.drop_table("open_day")
    op.alter_column("contact", "duties", server_default="{}")
    op.execute("update contact set duties = '{}' where duties = '[]'")
    op.drop_column("contact", "code")
    for table in ("contact", "site"):
        op.drop_index(f"ix_{table}_organisation_id", table_name=table)
        op.drop_column(table, "offered")


def create_open_day() -> None:
    op.create_table(
        "open_day",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=True),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "organisation_id"],
            ["organisation.tenant", "organisation.id"],
            name="fk_within_organisation_id_organisation",
        ),
        sa.ForeignKeyConstraint(["tenant", "site_id"], ["site.tenant", "site.id"], name="fk_within_site_id_site"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_day")),
        sa.UniqueConstraint("tenant", "id", name=op.f("uq_open_day_tenant_id")),
    )
    op.create_index(op.f("ix_open_day_tenant"), "open_day", ["tenant"], unique=False)
    op.create_index("ix_open_day_organisation_id", "open_day", ["organisation_id"], unique=False)
