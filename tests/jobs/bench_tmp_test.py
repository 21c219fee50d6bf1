import time
from datetime import UTC, datetime
import httpx
from portal.domain.deliveries.models import Delivery
from portal.domain.deliveries import payload
from portal.jobs.outlets import signature
from portal.jobs.outlets.addresses import SANDBOX_SECRET
from portal.ids import uuid7
from tests.jobs.test_deliver import *  # noqa
from tests.support.offer import make_sheet

def test_bench(world, sandbox, jobs):
    N=300
    unit=world.unit
    row=owe(world, move="session.envoyer")
    rev=world.session.get(payload.FrozenUnit if False else __import__('portal.domain.sheets.models',fromlist=['Revision']).Revision,row.revision_id)
    body=payload.build(world.tenant, rev, row)
    c=httpx.Client(trust_env=False)
    t=time.perf_counter()
    for i in range(N):
        k=str(uuid7()); ts=int(time.time())
        h=signature.headers(SANDBOX_SECRET, ts, body, k)
        assert c.post(f"{sandbox.url}/eos/region", content=body, headers=h).status_code==200
    bare=time.perf_counter()-t
    from portal.domain.journal.actions import append
    from portal.domain.people import SYSTEM
    for i in range(N-1):
        e=append(world.session, at=datetime.now(UTC), actor=SYSTEM, sheet_id=unit.id, kind="x")
        # distinct entries, same sheet would block by order -> use different target rows by entries but same sheet: order holds, so serial claims
        world.session.add(Delivery(id=uuid7(), target="region", sheet_id=unit.id, revision_id=row.revision_id, journal_entry_id=e.id, due_at=datetime.now(UTC)))
    world.session.commit()
    t=time.perf_counter()
    n=deliver_due(world,"region")
    ours=time.perf_counter()-t
    print("same sheet (one at a time)", n, bare, ours, bare/ours)
    # distinct sheets
    sheets=[make_sheet(world.session, world.tenant, "session", world.sheet(unit.parent_id), world.holder) for _ in range(60)]
    world.session.commit()
    from portal.domain.sheets.nodes import load_node
    from portal.domain.sheets.revisions import freeze_unit
    rows=0
    for s in sheets:
        r=freeze_unit(world.session, world.tenant, s, load_node(world.session, s), "session", actor=SYSTEM, at=datetime.now(UTC))
        e=append(world.session, at=datetime.now(UTC), actor=SYSTEM, sheet_id=s.id, kind="x")
        world.session.add(Delivery(id=uuid7(), target="region", sheet_id=s.id, revision_id=r.id, journal_entry_id=e.id, due_at=datetime.now(UTC)))
        rows+=1
    world.session.commit()
    import cProfile,pstats
    t=time.perf_counter()
    n=deliver_due(world,"region")
    ours=time.perf_counter()-t
    print("distinct", n, "ms each", ours/n*1000, "bare ms", bare/N*1000, "ratio", (bare/N)/(ours/n))
    for s in sheets:
        e=append(world.session, at=datetime.now(UTC), actor=SYSTEM, sheet_id=s.id, kind="x")
        r=s.id
    world.session.execute(__import__('sqlalchemy').text("update delivery set state='due', attempts=attempts where state='acknowledged'"))
    world.session.execute(__import__('sqlalchemy').text("delete from delivery where sheet_id=:u"),{"u":unit.id}) if False else None
    world.session.commit()
    p=cProfile.Profile(); p.enable(); deliver_due(world,"region"); p.disable()
    pstats.Stats(p).sort_stats('cumulative').print_stats(45)
