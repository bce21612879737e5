-- A member of staff sees the portal as a player: a session of the player's with the one who is really there, the
-- session of their own they came by, and why. It holds no powers, and is nobody's device.
alter table access.sessions
    drop constraint sessions_kind_check,
    add constraint sessions_kind_check check (kind in ('player', 'browser', 'impersonation')),
    add column actor_id uuid references identity.players,
    add column opened_from uuid,
    add column opened_why text check (length(opened_why) between 1 and 500),
    add column end_noted_at timestamptz,    -- when its end was written into the audit
    add constraint sessions_actor_check check (
        (kind = 'impersonation') = (actor_id is not null)
        and (kind = 'impersonation') = (opened_from is not null)
        and (kind = 'impersonation') = (opened_why is not null)
        and (end_noted_at is null or kind = 'impersonation')
        and actor_id is distinct from player_id
    );
create index sessions_impersonation_open on access.sessions (session_id)
where kind = 'impersonation' and end_noted_at is null;
