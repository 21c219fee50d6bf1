"""What is handed to an outlet, and what comes back: the only words domain and outlets share."""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
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
    callback: str = ""  # where the receipt may come later

    @property
    def name(self) -> str:
        """The name of its file, among others."""
        return f"{self.delivery_id}.{'xml' if 'xml' in self.content_type else 'json'}"


@dataclass(frozen=True)
class Lot:
    """Documents on their way together to one target, under a number of their own: the same at every try."""

    tenant: str
    target: str
    number: int
    made_at: datetime
    parcels: Sequence[Parcel]

    @property
    def name(self) -> str:
        """What it is called, for a file or a message."""
        return f"{self.tenant}-{self.target}-{self.number:06}"


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


def read_object(body: bytes) -> dict[str, Any]:
    """A JSON object that PostgreSQL can keep: neither NaN, nor NUL, nor half a character. Raises ValueError."""
    try:
        read = json.loads(body, parse_constant=_no_constant)
        written = json.dumps(read, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise ValueError("the answer is not JSON") from None
    if not isinstance(read, dict) or b"\\u0000" in written:
        raise ValueError("the answer is not a plain JSON object")
    return read


def _no_constant(word: str) -> None:
    raise ValueError(word)


def answer_said(said: Mapping[str, Any]) -> Answer | None:
    """What a receipt that comes later says: `status` acknowledged or refused, with a receipt or with reasons.

    None when it says neither. Only plain words and figures are kept of the reasons.
    """
    if said.get("status") == "acknowledged":
        receipt = said.get("receipt")
        return Answer("acknowledged", receipt=receipt if isinstance(receipt, dict) else {})
    if said.get("status") == "refused":
        code, message, field_name = (_text(said.get(key)) for key in ("code", "message", "field"))
        return Answer("rejected", code=code, message=message, field_name=field_name)
    return None


def _text(value: Any) -> str | None:
    return str(value)[:500] if isinstance(value, str | int) and not isinstance(value, bool) and value != "" else None
