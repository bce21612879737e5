-- oldest_writing_transaction
-- Events are read up to where nobody who has told one is still writing, so one that never ends holds back all that
-- come after. Prepared ones count until they are ended.
select extract(epoch from clock_timestamp() - coalesce(min(begun_at), clock_timestamp()))::float8
from (
    select xact_start as begun_at
    from pg_stat_activity
    where datname = current_database() and backend_xid is not null and pid <> pg_backend_pid()
    union all
    select prepared from pg_prepared_xacts where database = current_database()
) as writing;
