-- server
-- What the server says of itself. A transaction that has long been open anywhere on it holds back every event.
select current_setting('server_version'), pg_database_size(current_database()),
    (select count(*)::int from pg_stat_activity where datname = current_database()),
    current_setting('max_connections')::int,
    (
        select coalesce(max(extract(epoch from clock_timestamp() - xact_start)), 0)::float8
        from pg_stat_activity
        where backend_type = 'client backend' and pid <> pg_backend_pid()
    );

-- ping
select true;
