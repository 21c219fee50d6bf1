"""flows.yaml: where approved data goes, when, and with which proof."""

from typing import Literal

from pydantic import Field

from portal.tenancy.schema.base import Expression, Id, Label, Model, Names, RuleUse

Said = str | list[str]
"""What a region says of a term once for all: a code or a text, `oui` or `non`, several codes."""

AMENDED = "amended"
"""The trigger of what goes out without a new decision: the version in force was amended."""


class Batch(Model):
    """When what is owed to a target leaves together."""

    every: Literal["hour", "half_day", "day", "working_day"] = Field(
        "day", description="`working_day` leaves out weekends and the holidays of the region."
    )
    at: Names = Field([], description="Local times, `21:00`; by default on the hour, at 08:00 and 14:00, or at 21:00.")


class KnownRefusal(Model):
    """What a refusal of a target means for those who read it."""

    message: Label = Field(description="What is wrong, in the words of the region.")
    action: Label | None = Field(None, description="What to do about it.")
    field: str | None = Field(None, description="`level.field` to correct, shown as a link.")


class Target(Model):
    """A system at the end of a flow. Its address and secret come from the environment, never from the folder."""

    label: Label
    outlet: Literal["http", "file", "mail", "desk"] | None = Field(
        None, description="How it is reached; none: relayed."
    )
    format: str = Field("json", description="Format of what is sent: `json`, `lheo-2.3`.")
    contact: str | None = Field(None, description="Who to call at that hop.")
    mail: str | None = Field(None, description="Address, with the outlet `mail`.")
    writes: dict[str, str] = Field({}, description="`level.field` ← `receipt.<key>`: codes that come back.")
    batch: Batch | None = Field(None, description="When it leaves, if not at once.")
    refusals: dict[str, KnownRefusal] = Field(
        {}, description="What the codes of its refusals mean; those that are not here are worded on screen."
    )
    says: dict[str, Said] = Field(
        {}, description="term: value. What the region says of all its sheets in LHÉO, where no field says otherwise."
    )
    private: bool = Field(
        False, description="Whether it may receive the private terms: trainers and their pay, trainees, remote access."
    )


class Flow(Model):
    """One way out: what triggers it, to whom, under which conditions."""

    target: Id
    on: Names = Field(
        [], description="`axis.move` that triggers it, or several; `amended`: what goes out without a new decision."
    )
    withdraw_on: Names = Field([], description="`axis.move` that withdraws what was sent, or several.")
    per: Id | None = Field(None, description="Level of the sheets delivered; the unit's sessions by default.")
    unless: Expression | None = Field(
        None, description="What is excluded: not sent, and withdrawn where an earlier version was."
    )
    when: Expression | None = Field(None, description="The flow owes something only where this condition holds.")
    via: Id | None = Field(None, description="Target that relays: we announce and follow.")
    after: Id | None = Field(None, description="Target whose receipt lets our own sending go.")
    plus: str | None = Field(None, description="Delay before our own sending: `24h`, `48h`, `2wd` (working days).")
    expect: str | None = Field(None, description="Delay promised before it is seen: `48h`.")
    ready: list[RuleUse] = Field([], description="Rules that hold the delivery, with the words the organisation reads.")


class FlowsFile(Model):
    """flows.yaml."""

    targets: dict[Id, Target]
    flows: list[Flow]
