"""What was read, written again, reads the same; and what is written is valid for the official schema."""

from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from portal.domain.lheo.composing import compose
from portal.domain.lheo.documents import document_of, faults_of, faults_of_offer, offers_of
from portal.domain.lheo.offers import Offer
from portal.domain.lheo.writing import write
from tests.support.offers import offers
from tests.support.official import needed, official_faults, samples

LARGE = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]  # offers are large things
MANY = settings(max_examples=60, deadline=None, suppress_health_check=LARGE)


def read(document: bytes) -> list[Offer]:
    return list(offers_of(BytesIO(document)))


@MANY
@given(offers())
def test_an_offer_written_reads_the_same(offer: Offer) -> None:
    document = document_of(offer)

    assert read(document) == [offer]
    assert [fault for fault in faults_of(BytesIO(document)) if fault.blocks] == []


@MANY
@given(offers())
def test_an_offer_written_is_valid_for_the_official_schema(offer: Offer) -> None:
    needed()

    assert official_faults(document_of(offer)) == []


@settings(MANY, max_examples=5)
@given(offers(), offers())
def test_several_offers_make_one_document(one: Offer, other: Offer) -> None:
    document = b"".join(write(compose(offer) for offer in (one, other)))

    assert read(document) == [one, other]
    lines = document.decode().splitlines()  # some readers go line by line, and look for an offer where a line begins
    assert sum(line.startswith("<formation ") for line in lines) == 2
    assert sum(line.endswith("</formation>") for line in lines) == 2


@pytest.mark.parametrize("path", [p for p in samples() if "index" not in p.name] or [None], ids=lambda p: p and p.name)
def test_real_offers_are_read_and_written_again(path: Path | None) -> None:
    needed()
    assert path is not None
    before = read(path.read_bytes())

    assert before
    for offer in before:
        assert offer.terms["formation.title"]
        assert offer.actions[0].sessions
        assert [fault for fault in faults_of_offer(offer) if fault.blocks] == []
        document = document_of(offer)
        assert official_faults(document) == []
        assert read(document) == [offer]
