"""Empties a database between two tests, reference data excepted."""

import psycopg

# `ref_…` tables hold what every test may read and none may write. Rows are deleted without their triggers: a truncation
# makes the files of the table and of its indexes anew, and every open connection forgets what it knew of them, which
# costs more than most tests do. Past some size it is the rows that cost more, those that died in earlier tests among
# them.
_EMPTIED = """
create function pg_temp.emptied() returns void language plpgsql as $$
declare item record; filled boolean; worn text[] := '{}';
begin
  for item in select * from pg_temp.tables loop
    execute item.question into filled;
    if pg_relation_size(item.name) > 131072 then
      worn := worn || item.name::text;
    elsif filled then
      execute item.removal;
      perform setval(sequence, 1, false) from unnest(item.sequences) as sequence;
    end if;
  end loop;
  if cardinality(worn) > 0 then
    execute 'truncate ' || array_to_string(worn, ', ') || ' restart identity cascade';
  end if;
end $$
"""
_TABLES = """
create temporary table tables as
select c.oid::regclass as name, format('select exists (select from %s)', c.oid::regclass) as question,
  format('delete from %s', c.oid::regclass) as removal,
  array(select d.objid::regclass from pg_depend d join pg_class s on s.oid = d.objid and s.relkind = 'S'
    where d.refobjid = c.oid and d.deptype in ('a', 'i')) as sequences
from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname !~ '^(ref_|alembic_version$)'
"""


class Cleaner:
    """Keeps one administrator's connection: row-level security would hide from the owner what is to be removed."""

    def __init__(self, admin_url: str) -> None:
        self.connection = psycopg.connect(admin_url, autocommit=True)
        # A transaction some test left open would block us for ever; better a failure that names the lock.
        self.connection.execute("set lock_timeout = '5s'")
        self.connection.execute("set session_replication_role = replica")  # no trigger, foreign keys' included
        self.connection.execute(_TABLES)
        self.connection.execute(_EMPTIED)

    def clean(self) -> None:
        """Empty the tables that hold rows, and set their counters back."""
        self.connection.execute("select pg_temp.emptied()")

    def close(self) -> None:
        """Leave the database."""
        self.connection.close()
