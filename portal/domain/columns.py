"""Columns that every table of the domain writes the same way."""

import uuid
from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import DateTime, ForeignKeyConstraint, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import mapped_column

from portal.ids import uuid7

Key = Annotated[uuid.UUID, mapped_column(primary_key=True, default=uuid7)]
Instant = Annotated[datetime, mapped_column(DateTime(timezone=True))]
CreatedAt = Annotated[datetime, mapped_column(DateTime(timezone=True), server_default=func.now())]
Json = Annotated[dict[str, Any], mapped_column(JSONB, default=dict, server_default="{}")]


def within_tenant(*columns: tuple[str, str]) -> tuple[Any, ...]:
    """Constraints of a tenant's table: (tenant, id) is unique, and each (column, table) refers within the tenant.

    Foreign keys carry the tenant because PostgreSQL checks them without row-level security: a simple key would accept
    a row of another region.
    """
    keys = (
        ForeignKeyConstraint(["tenant", column], [f"{table}.tenant", f"{table}.id"], name=f"fk_within_{column}_{table}")
        for column, table in columns
    )
    return (UniqueConstraint("tenant", "id"), *keys)
