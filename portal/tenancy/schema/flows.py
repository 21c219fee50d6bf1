"""flows.yaml: where approved data goes, when, and with which proof."""

from typing import Literal

from pydantic import Field

from portal.tenancy.schema.base import Expression, Id, Label, Model, Names, RuleUse

AMENDED = "amended"
"""The trigger of what goes out without a new decision: the version in force was amended."""


class Batch(Model):
    """When a batch leaves."""

    every: Literal["hour", "half_day", "day", "working_day"] = "day"
    at: str | None = Field(None, description="Local time, `21:00`.")


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
    batch: Batch | None = None
    private: bool = Field(
        False, description="Whether it may receive the private terms: trainers and their pay, trainees, remote access."
    )


class Flow(Model):
    """One way out: what triggers it, to whom, under which conditions."""

    target: Id
    on: Names = Field(
        [], description="`axis.move` that triggers it, or several; `amended`: what goes out without a new decision."
    )
    withdraw_on: str | None = Field(None, description="`axis.move` that withdraws what was sent.")
    per: Id | None = Field(None, description="Level of the sheets delivered; the unit's sessions by default.")
    unless: Expression | None = None
    when: Expression | None = None
    via: Id | None = Field(None, description="Target that relays: we announce and follow.")
    plus: str | None = Field(None, description="Delay before our own sending: `24h`, `48h`, `2wd`.")
    expect: str | None = Field(None, description="Delay promised before it is seen: `48h`.")
    ready: list[RuleUse] = Field([], description="Rules that hold the delivery, with the words the organisation reads.")


class FlowsFile(Model):
    """flows.yaml."""

    targets: dict[Id, Target]
    flows: list[Flow]
