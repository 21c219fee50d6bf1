"""The document: by terms, from the revision alone, the same bytes at every try."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from portal.domain.deliveries.delays import is_delay
from portal.domain.deliveries.payload import build, digest_of
from portal.domain.deliveries.validators import flow_findings
from portal.domain.vocabulary import TERMS
from portal.tenancy.registry import registry
from portal.tenancy.schema import FlowsFile
from portal.tenancy.source import Source
from tests.support.deliveries import SLUG, World
from tests.support.tenants import tenant_named

MakeWorld = Callable[[str], World]
TO_MFME = "  - {target: mfme, on: session.approuver}\n"


def document_of(world: World, **values: Any) -> dict[str, Any]:
    revision = world.revise(**values)
    (row,) = world.open(revision=revision)
    return json.loads(build(world.tenant, revision, row))


def test_document_speaks_by_terms(make_world: MakeWorld) -> None:
    world = make_world(TO_MFME)

    document = document_of(world, date_debut="2026-05-04")

    assert document["session"]["terms"]["session.start"] == "2026-05-04"
    named = {*document["session"]["terms"], *(t for above in document["ancestors"] for t in above["terms"])}
    assert named <= set(TERMS)


def test_document_says_what_it_is_and_whose(make_world: MakeWorld) -> None:
    world = make_world(TO_MFME)

    document = document_of(world)

    (row,) = world.rows()
    assert (document["delivery"], document["verb"], document["tenant"]) == (str(row.id), "put", world.tenant.slug)
    assert document["organisation"] == {"siret": world.holder.siret, "name": world.holder.name}
    assert document["session"]["id"] == str(world.unit.id)
    assert [above["level"] for above in document["ancestors"]] == world.tenant.ancestors(world.unit.level)


def test_events_have_their_own_place(make_world: MakeWorld) -> None:
    world = make_world(TO_MFME)
    rows = [{"_id": "a1", "type": "infocoll", "date": "2026-04-01"}]

    document = document_of(world, evenements=rows)

    (event,) = document["session"]["events"]
    assert event["id"] == "a1"
    assert "infocoll" in event.values()
    assert "session.events" not in document["session"]["terms"]


def test_codes_already_returned_travel_with_the_document(make_world: MakeWorld) -> None:
    world = make_world(TO_MFME)

    assert document_of(world, code_offre_info="24_1S")["codes"] == {"session.code_offre_info": "24_1S"}


def test_same_delivery_makes_the_same_bytes(make_world: MakeWorld) -> None:
    world = make_world(TO_MFME)
    revision = world.revise()
    (row,) = world.open(revision=revision)

    first = build(world.tenant, revision, row)
    world.unit.data = {}
    world.session.flush()

    assert digest_of(build(world.tenant, revision, row)) == digest_of(first)


def findings(targets: str, flows: str) -> list[tuple[tuple[Any, ...], str]]:
    written = Source("flows.yaml", f"targets:\n{targets}flows:\n{flows}")
    tenant = replace(tenant_named(SLUG), flows=FlowsFile.model_validate(written.data))
    return [(finding.path, finding.message) for finding in flow_findings(tenant)]


OK = "  region: {label: R, outlet: http}\n"
FLOW = "  - {target: region, on: session.approuver}\n"


@pytest.mark.parametrize(
    ("targets", "flows", "path", "words"),
    [
        (
            "  region: {label: R, outlet: http, format: jsn}\n",
            FLOW,
            ("targets", "region", "format"),
            "vouliez-vous dire « json »",
        ),
        (
            OK,
            "  - {target: region, on: session.approuver, plus: 2 jours}\n",
            ("flows", 0, "plus"),
            "n'est pas un délai",
        ),
        (OK, "  - {target: region, on: session.approuver, expect: 48}\n", ("flows", 0, "expect"), "n'est pas un délai"),
        (OK, "  - {target: region, on: session.approuver, per: sesion}\n", ("flows", 0, "per"), "« session »"),
        (OK, "  - {target: region, via: region}\n", ("flows", 0, "via"), "n'envoie rien de lui-même"),
        (
            "  region: {label: R, outlet: http, writes: {session.code_offre_info: accuse.id}}\n",
            FLOW,
            ("targets", "region", "writes", "session.code_offre_info"),
            "receipt.id",
        ),
    ],
)
def test_faults_of_flows_are_told_at_their_place(targets: str, flows: str, path: tuple[Any, ...], words: str) -> None:
    (found,) = findings(targets, flows)

    assert found[0] == path
    assert words in found[1]


def test_flows_of_every_region_are_sound(app: Flask) -> None:
    assert [str(finding) for tenant in registry.all() for finding in flow_findings(tenant)] == []


@pytest.mark.parametrize("written", ["30m", "48h", "3d", "2wd"])
def test_delays(written: str) -> None:
    assert is_delay(written)


@pytest.mark.parametrize("written", ["", "48", "h", "2 h", "-1h", "1.5h", "99999h", "2w", "２h"])
def test_words_that_are_no_delay(written: str) -> None:
    assert not is_delay(written)
