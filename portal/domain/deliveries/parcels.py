"""What is handed to an outlet, and what comes back: the only words domain and outlets share."""

import uuid
from dataclasses import dataclass, field
from typing import Any, Literal

Outcome = Literal["acknowledged", "accepted", "rejected", "failed", "lost"]


@dataclass(frozen=True)
class Parcel:
    """One document on its way to one target. The delivery's id is the idempotency key, the same at every try."""

    tenant: str
    target: str
    delivery_id: uuid.UUID
    verb: str
    body: bytes
    content_type: str


@dataclass(frozen=True)
class Answer:
    """How a try ended.

    acknowledged: taken in charge, with its receipt · accepted: taken, the receipt will come · rejected: refused for
    what the document says · failed: not taken, to be tried again · lost: nobody knows, to be tried again under the
    same key.
    """

    outcome: Outcome
    http_status: int | None = None
    receipt: dict[str, Any] = field(default_factory=dict)
    code: str | None = None  # the target's own code for a refusal
    message: str | None = None  # the target's own words for it
    field_name: str | None = None  # what the refusal bears on, in the target's words
    error: str | None = None  # technical, for those who operate
    retry_after: float | None = None  # seconds, when the target says

    @property
    def settled(self) -> bool:
        """Whether the target has spoken: nothing is to be tried again."""
        return self.outcome in ("acknowledged", "accepted", "rejected")
