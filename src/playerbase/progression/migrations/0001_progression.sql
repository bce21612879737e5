create schema progression;

-- What a game declares of its saves: quotas, and what merging and plausibility mean for each field. Never changed, only followed by the next.
create table progression.declarations (
    game       text not null,
    version    int not null check (version > 0),
    body       json not null,
    changed_by text not null,
    changed_at timestamptz not null,
    primary key (game, version)
);

-- Where each slot stands. The row is held by whoever saves, so that saves of a slot come one after the other.
create table progression.slots (
    player_id    uuid not null references identity.players,
    game         text not null,
    slot         text not null,
    version      int not null check (version > 0),
    saved_at     timestamptz not null,
    window_at    timestamptz not null,  -- when the minute began in which saves are counted
    window_saves int not null,
    paces        json,                  -- of fields that may grow so fast and no faster: what is left, and as of when
    primary key (player_id, game, slot)
) with (fillfactor = 80);

-- What was saved, as often as it was; the latest is the slot's. No foreign key to the slot, whose row is held while one
-- is written and is never removed while there are any: a check for each would cost as much as writing it.
create table progression.versions (
    player_id    uuid not null,
    game         text not null,
    slot         text not null,
    version      int not null check (version > 0),
    base_version int not null check (base_version >= 0 and base_version < version),
    kind         text not null check (kind in ('save', 'merge', 'restore')),
    size         int not null,       -- bytes of JSON
    fingerprint  bytea not null,     -- of what was sent and from where: the same sent again is the same save
    device       text not null,
    saved_by     text not null,
    saved_at     timestamptz not null,
    data         bytea not null,     -- JSON, deflated where that is worth it
    primary key (player_id, game, slot, version)
);
alter table progression.versions alter column data set storage external;  -- it is compressed already

-- Saves that broke a rule which flags and does not refuse: one open for each field of a slot.
create table progression.flags (
    flag_id    uuid primary key,
    player_id  uuid not null references identity.players,
    game       text not null,
    slot       text not null,
    version    int not null,
    field      text not null,
    rule       text not null,
    message    text not null,
    at         timestamptz not null,
    decision   text check (decision in ('stands', 'restored')),
    decided_by text,
    decided_at timestamptz,
    check ((decision is null) = (decided_at is null))
);
create unique index one_open_flag on progression.flags (player_id, game, slot, field, rule) where decision is null;
create index open_flags on progression.flags (flag_id) where decision is null;
create index on progression.flags (player_id, flag_id);
