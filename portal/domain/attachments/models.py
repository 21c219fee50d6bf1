"""What is known of the files uploaded in a region; their content is on disk, under its digest."""

import uuid

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.domain.columns import Instant, Key, within_tenant
from portal.extensions import db
from portal.tenancy.scope import TenantOwned


class Attachment(TenantOwned, db.Model):  # type: ignore[name-defined]
    """One content, whoever uploaded it and however many sheets refer to it. `name` and `uploaded_by` are the first's.

    `at` is the last upload of that content: a purge leaves what is recent alone.
    """

    __tablename__ = "attachment"
    __table_args__ = (*within_tenant(), UniqueConstraint("tenant", "digest"))

    id: Mapped[Key]
    digest: Mapped[str] = mapped_column(String(64))
    name: Mapped[str]
    size: Mapped[int]
    content_type: Mapped[str]
    uploaded_by: Mapped[uuid.UUID | None]
    at: Mapped[Instant]
