"""The sheets on which an invitation gives a part."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sheets = sa.Column("sheet_ids", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False)
    op.add_column("invitation", sheets)


def downgrade() -> None:
    op.drop_column("invitation", "sheet_ids")
