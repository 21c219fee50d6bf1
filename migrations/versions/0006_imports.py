"""Imports: the runs of files, what remains of one, what the sources last said."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from portal.tenancy.migrating import keep_apart

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = ("import_run", "import_task", "imported_row")


def upgrade() -> None:
    create_run()
    create_task()
    create_row()
    keep_apart(op.get_bind(), *TABLES)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def create_run() -> None:
    op.create_table(
        "import_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.String(length=60), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("form", sa.String(length=4), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("report", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("annotated", sa.LargeBinary(), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_by_name", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by", sa.Uuid(), nullable=True),
        sa.Column("accepted_by_name", sa.String(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.String(), nullable=True),
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
        sa.UniqueConstraint("tenant", "id", name=op.f("uq_import_run_tenant_id")),
    )
    op.create_index(op.f("ix_import_run_tenant"), "import_run", ["tenant"], unique=False)
    op.create_index(op.f("ix_import_run_tenant_import_id_at"), "import_run", ["tenant", "import_id", "at"])
    op.create_index(
        "uq_import_run_open",
        "import_run",
        ["tenant", "import_id"],
        unique=True,
        postgresql_where=sa.text("state in ('waiting', 'checking', 'checked', 'accepted', 'applying')"),
    )


def create_task() -> None:
    op.create_table(
        "import_task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("level", sa.String(length=60), nullable=True),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("said", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "run_id"], ["import_run.tenant", "import_run.id"], name="fk_within_run_id_import_run"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_task")),
        sa.UniqueConstraint("tenant", "id", name=op.f("uq_import_task_tenant_id")),
        sa.UniqueConstraint("tenant", "run_id", "rank", name=op.f("uq_import_task_tenant_run_id_rank")),
    )
    op.create_index(op.f("ix_import_task_tenant"), "import_task", ["tenant"], unique=False)


def create_row() -> None:
    op.create_table(
        "imported_row",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.String(length=60), nullable=False),
        sa.Column("level", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("sheet_id", sa.Uuid(), nullable=False),
        sa.Column("values", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("vanished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "run_id"], ["import_run.tenant", "import_run.id"], name="fk_within_run_id_import_run"
        ),
        sa.ForeignKeyConstraint(["tenant", "sheet_id"], ["sheet.tenant", "sheet.id"], name="fk_within_sheet_id_sheet"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imported_row")),
        sa.UniqueConstraint("tenant", "id", name=op.f("uq_imported_row_tenant_id")),
        sa.UniqueConstraint(
            "tenant", "import_id", "level", "key", name=op.f("uq_imported_row_tenant_import_id_level_key")
        ),
    )
    op.create_index(op.f("ix_imported_row_tenant"), "imported_row", ["tenant"], unique=False)
    op.create_index(op.f("ix_imported_row_tenant_sheet_id"), "imported_row", ["tenant", "sheet_id"], unique=False)
