drop index access.sessions_impersonation_open;
delete from access.sessions where kind = 'impersonation';
alter table access.sessions
    drop constraint sessions_actor_check,
    drop column actor_id,
    drop column opened_from,
    drop column opened_why,
    drop column end_noted_at,
    drop constraint sessions_kind_check,
    add constraint sessions_kind_check check (kind in ('player', 'browser'));
