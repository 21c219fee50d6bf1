"""A region's shelf, on which sessions are put; nothing of what a test writes remains."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from portal.extensions import db
from portal.tenancy.scope import tenant_scope
from tests.support.catalogue import Shelf, shelf
from tests.support.tenants import tenant_named

Opener = Callable[..., Shelf]


@pytest.fixture
def open_shelf(app: Flask) -> Iterator[Opener]:
    """`open_shelf("eos")`: the shelf of a region, in its scope until the end of the test."""
    with ExitStack() as stack:
        stack.enter_context(app.app_context())

        def opened(slug: str, **values: Any) -> Shelf:
            stack.enter_context(tenant_scope(slug))
            return shelf(db.session(), tenant_named(slug), **values)

        yield opened
        db.session.rollback()


@pytest.fixture
def eos(open_shelf: Opener) -> Shelf:
    """The shelf of the first region."""
    return open_shelf("eos")


@pytest.fixture
def sent(app: Flask) -> Callable[[], Any]:
    """`with sent() as seen:` gathers the statements sent meanwhile."""

    @contextmanager
    def gather() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
            seen.append(statement)

        engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return gather
