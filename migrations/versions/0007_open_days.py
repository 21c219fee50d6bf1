"""Where an open day takes place when it is at none of the sites, and where one registers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    address = sa.Column("address", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False)
    op.add_column("open_day", address)
    op.add_column("open_day", sa.Column("url", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("open_day", "url")
    op.drop_column("open_day", "address")
