"""Long lists are read by chunks: as many statements for each, and no more sheets in memory than a chunk holds."""

import gc
import uuid
from itertools import pairwise

from sqlalchemy import event, insert

from portal.domain.desk.among import CHUNK
from portal.domain.desk.lists import Asked, every_id, seen
from portal.domain.sheets.models import Sheet
from portal.domain.sheets.view import View
from tests.support.offer import TODAY

MANY = 2000


def test_two_thousand_sheets_a_chunk_at_a_time(desk):
    one = desk.add()
    plain = {c.name: getattr(one, c.name) for c in Sheet.__table__.columns if c.name not in ("tenant", "reference")}
    desk.session.execute(insert(Sheet), [{**plain, "id": uuid.uuid4(), "code": f"X{n}"} for n in range(MANY)])
    view = desk.tenant.desk.lists["sessions"]
    ids = every_id(desk.session, desk.tenant, desk.of, view, Asked(), today=TODAY)
    assert len(ids) == MANY + 1
    statements, each, most = [], [], 0
    event.listen(desk.session.get_bind(), "before_cursor_execute", lambda c, cur, sql, *_: statements.append(sql))

    for rank, _ in enumerate(seen(desk.session, desk.tenant, desk.of, view.level, view.columns, ids, TODAY)):
        if rank % CHUNK == 0:
            each.append(len(statements))
            gc.collect()
            most = max(most, sum(type(one) is View for one in gc.get_objects()))

    counts = {after - before for before, after in pairwise(each)}
    assert len(each) == MANY // CHUNK + 1
    assert counts == {each[0]} and each[0] <= 5
    assert most <= 2 * CHUNK + 10
