"""What people arrange for themselves: filters kept, absences covered, how often each message is wanted."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from portal.tenancy.migrating import keep_apart

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLES = ("saved_filter", "absence", "mail_pace")


def upgrade() -> None:
    create_saved_filter()
    create_absence()
    create_mail_pace()
    kept = sa.text("state = 'kept'")
    op.create_index("ix_mail_kept", "mail", ["tenant", "due_at"], unique=False, postgresql_where=kept)
    keep_apart(op.get_bind(), *TABLES)


def downgrade() -> None:
    op.drop_index("ix_mail_kept", table_name="mail")
    for table in reversed(TABLES):
        op.drop_table(table)


def create_saved_filter() -> None:
    op.create_table(
        "saved_filter",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("role", sa.String(length=60), nullable=True),
        sa.Column("params", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_saved_filter_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filter")),
        sa.UniqueConstraint("tenant", "id", name=op.f("uq_saved_filter_tenant_id")),
        sa.UniqueConstraint("tenant", "user_id", "name", name=op.f("uq_saved_filter_tenant_user_id_name")),
    )
    op.create_index(op.f("ix_saved_filter_tenant"), "saved_filter", ["tenant"], unique=False)


def create_absence() -> None:
    op.create_table(
        "absence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("cover_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("made_by_name", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_absence_days_in_order")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_absence_user_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["cover_id"], ["app_user.id"], name=op.f("fk_absence_cover_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
        sa.UniqueConstraint("tenant", "id", name=op.f("uq_absence_tenant_id")),
    )
    op.create_index(op.f("ix_absence_tenant"), "absence", ["tenant"], unique=False)
    op.create_index(op.f("ix_absence_tenant_ends_on"), "absence", ["tenant", "ends_on"], unique=False)


def create_mail_pace() -> None:
    op.create_table(
        "mail_pace",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("mail", sa.String(length=60), nullable=False),
        sa.Column("pace", sa.String(length=10), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_pace")),
        sa.UniqueConstraint("tenant", "id", name=op.f("uq_mail_pace_tenant_id")),
        sa.UniqueConstraint("tenant", "address", "mail", name=op.f("uq_mail_pace_tenant_address_mail")),
    )
    op.create_index(op.f("ix_mail_pace_tenant"), "mail_pace", ["tenant"], unique=False)
