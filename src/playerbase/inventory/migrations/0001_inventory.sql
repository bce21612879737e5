create schema inventory;

-- Whoever ever had something. The row is held before anything of theirs is counted or changed, so that a maximum, an
-- expiry and a purchase are decided one after the other; its version names what they have, for whoever remembers it.
create table inventory.owners (
    player_id uuid primary key references identity.players,
    version   bigint not null default 0
) with (fillfactor = 50);

-- What is durable, or one of its kind: stackable items are counted by the ledger.
create table inventory.entitlements (
    entitlement_id uuid primary key,
    player_id      uuid not null references inventory.owners,
    item_id        uuid not null,
    granted        int not null check (granted > 0),
    quantity       int not null check (quantity between 0 and granted),             -- what is left of it
    revoked        int not null default 0 check (revoked between 0 and granted),    -- what was taken back
    acquired_at    timestamptz not null,
    expires_at     timestamptz,                 -- null: it stays
    source         text not null check (source in ('order', 'battle_pass', 'drop', 'grant', 'platform')),
    source_ref     text not null,               -- which order, tier, drop
    part           int not null check (part >= 0), -- of several of one item under one source
    state          text not null check (state in ('active', 'consumed', 'revoked', 'expired')),
    ended_at       timestamptz,
    ended_why      text not null default '',
    metadata       json not null,
    unique (player_id, source, source_ref, item_id, part),
    check ((state = 'active') = (ended_at is null)),
    check ((quantity > 0) = (state in ('active', 'expired'))),
    check (quantity + revoked <= granted),
    check (expires_at > acquired_at)
) with (fillfactor = 80);
create index on inventory.entitlements (player_id, entitlement_id) where state = 'active';
create index on inventory.entitlements (player_id, item_id) where state = 'active';
create index on inventory.entitlements (player_id, expires_at) where state = 'active' and expires_at is not null;
create index on inventory.entitlements (expires_at, entitlement_id) where state = 'active' and expires_at is not null;

-- Where what is stacked last came from. How many came from where is the ledger's to say, by its transactions' ref and
-- group: kept here as well, it would be a second book.
create table inventory.stacks (
    player_id   uuid not null references inventory.owners,
    item_id     uuid not null,
    acquired_at timestamptz not null,           -- the first time
    source      text not null check (source in ('order', 'battle_pass', 'drop', 'grant', 'platform')),
    source_ref  text not null,
    primary key (player_id, item_id)
);

-- What was used up, once under each key.
create table inventory.consumptions (
    consumption_id uuid primary key,
    player_id      uuid not null references inventory.owners,
    item_id        uuid not null,
    quantity       int not null check (quantity > 0),
    remaining      bigint not null check (remaining >= 0),
    transaction_id uuid,                        -- in the ledger, for what is stacked
    effect         text not null,
    reason         text not null,
    by             text not null,
    scope          text not null,
    key            text not null,
    fingerprint    bytea not null,
    at             timestamptz not null,
    unique (player_id, scope, key)
);
create index on inventory.consumptions (player_id, consumption_id);

-- From which entitlements it was taken.
create table inventory.consumption_parts (
    consumption_id uuid not null references inventory.consumptions,
    entitlement_id uuid not null references inventory.entitlements,
    quantity       int not null check (quantity > 0),
    primary key (consumption_id, entitlement_id)
);
create index on inventory.consumption_parts (entitlement_id);

-- What a place on a player or character takes, where it is more than its name: which kind, and of what nature it is.
create table inventory.slots (
    game     text,                              -- null: the whole platform's
    slot     text not null check (slot ~ '^[a-z][a-z0-9_]{1,31}$'),
    name     text not null check (length(name) between 1 and 100),
    accepts  text not null check (accepts ~ '^[a-z][a-z0-9_]{1,31}$'), -- the slot that its items name
    metadata json not null,
    unique nulls not distinct (game, slot)
);

-- What is worn: at most one thing a slot.
create table inventory.loadouts (
    player_id      uuid not null references inventory.owners,
    game           text,                        -- null: everywhere
    character_id   uuid,                        -- null: no character in particular
    slot           text not null check (slot ~ '^[a-z][a-z0-9_]{1,31}$'),
    entitlement_id uuid not null references inventory.entitlements,
    equipped_at    timestamptz not null,
    unique nulls not distinct (player_id, game, character_id, slot)
);
create index on inventory.loadouts (entitlement_id);
create index on inventory.loadouts (character_id) where character_id is not null;

create table inventory.settings (
    is_one    bool primary key default true check (is_one),
    worn_max  int not null check (worn_max > 0),
    slots_max int not null check (slots_max > 0)
);
insert into inventory.settings (worn_max, slots_max) values (500, 200);
