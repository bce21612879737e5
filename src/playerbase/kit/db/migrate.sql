-- be_patient
-- In a statement of its own: the one that waits for its turn is held to what was set before it.
select set_config('statement_timeout', '600s', true);

-- take_turn
-- One migrator at a time. A step that cannot have its table lock soon gives up, because while it
-- waits every other statement on that table queues up behind it.
select pg_advisory_xact_lock(hashtext('playerbase.migrate')), set_config('lock_timeout', '5s', true);

-- open_journal
do $$ begin
    if to_regclass('kit.migrations') is null then
        create schema if not exists kit;
        create table kit.migrations (
            module     text not null,
            name       text not null,
            checksum   bytea not null,
            applied_at timestamptz not null,
            primary key (module, name)
        );
    end if;
end $$;

-- is_unchanged
-- No row when the step was never applied.
select checksum = sha256(convert_to(:step.up, 'UTF8'))
from kit.migrations
where module = :step.module and name = :step.name;

-- record
insert into kit.migrations (module, name, checksum, applied_at)
values (:step.module, :step.name, sha256(convert_to(:step.up, 'UTF8')), :now);

-- forget
delete from kit.migrations where module = :step.module and name = :step.name;
