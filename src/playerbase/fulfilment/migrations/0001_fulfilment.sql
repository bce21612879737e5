create schema fulfilment;

create table fulfilment.deliveries (
    delivery_id      uuid primary key,      -- also our name for it at whoever delivers
    order_id         uuid not null,
    line_id          uuid not null unique,  -- one line, one delivery
    player_id        uuid not null references identity.players,
    item_id          uuid not null,
    item_code        text not null,
    item_name        text not null,
    quantity         int not null check (quantity > 0),
    kind             text not null check (kind in ('email', 'shopify', 'functional')),
    source           text not null,         -- the pool, the variant or the effect
    sealed           bytea,                 -- the address it goes to
    state            text not null default 'pending'
        check (state in ('pending', 'processing', 'completed', 'failed', 'cancelled')),
    waits_for        text not null default '' check (waits_for in ('', 'codes', 'address', 'shop')),
    tried            int not null default 0 check (tried >= 0),
    due_at           timestamptz,           -- when a worker looks at it next
    lease            uuid,
    lease_until      timestamptz,
    fault            text not null default '',
    external_id      text unique,
    external_name    text not null default '',
    is_paid          bool not null default false,
    tracking_company text not null default '',
    tracking_number  text not null default '',
    tracking_url     text not null default '',
    said_at          timestamptz,           -- of the latest word of the shop that was heard, by its own clock
    cancel_reason    text not null default '',
    created_at       timestamptz not null,
    updated_at       timestamptz not null,
    ended_at         timestamptz,
    check ((lease is null) = (lease_until is null)),
    check ((ended_at is null) = (state in ('pending', 'processing')))
);
create index on fulfilment.deliveries (due_at) where due_at is not null;
create index on fulfilment.deliveries (order_id);
create index on fulfilment.deliveries (player_id, delivery_id);
create index on fulfilment.deliveries (state, delivery_id);
create index on fulfilment.deliveries (waits_for, source, delivery_id) where waits_for in ('codes', 'address');

create table fulfilment.attempts (
    delivery_id uuid not null references fulfilment.deliveries,
    number      int not null,
    what        text not null check (what in ('deliver', 'cancel', 'resend')),
    asked       text not null,
    answered    text not null default '',
    outcome     text not null default '' check (outcome in ('', 'succeeded', 'failed', 'refused', 'unknown', 'put_off')),
    began_at    timestamptz not null,
    ended_at    timestamptz,
    primary key (delivery_id, number)
);
-- Never two successes, whoever believes to have had one.
create unique index on fulfilment.attempts (delivery_id) where what = 'deliver' and outcome = 'succeeded';

create table fulfilment.pools (
    pool_id      uuid primary key,
    code         text not null unique,
    name         text not null,
    instructions text not null,             -- how a code is used, as the letter says it
    low_at       int not null check (low_at >= 0),
    created_at   timestamptz not null
);

create table fulfilment.codes (
    code_id     uuid primary key,
    pool_id     uuid not null references fulfilment.pools,
    sealed      bytea not null,
    code_hash   bytea not null unique,      -- over all pools: one code is worth something once
    added_at    timestamptz not null,
    delivery_id uuid references fulfilment.deliveries,
    given_at    timestamptz,
    check ((delivery_id is null) = (given_at is null))
);
create index on fulfilment.codes (pool_id, code_id) where delivery_id is null;
create index on fulfilment.codes (delivery_id) where delivery_id is not null;
create index on fulfilment.codes (pool_id, given_at, code_id) where delivery_id is not null;

-- What others told us, by their own name for it: heard once.
create table fulfilment.inbox (
    source      text not null,
    event_id    text not null,
    topic       text not null,
    body_hash   bytea not null,
    delivery_id uuid references fulfilment.deliveries,
    outcome     text not null,
    received_at timestamptz not null,
    primary key (source, event_id),
    unique (source, topic, body_hash)
);
create index on fulfilment.inbox (received_at);

-- What an operator decides: one row, and without it the defaults.
create table fulfilment.settings (
    only_one          boolean primary key default true check (only_one),
    attempts_max      int not null,
    pause_seconds     int not null,
    pause_factor      int not null,
    shop_poll_seconds int not null,
    changed_by        text not null,
    changed_at        timestamptz not null
);
