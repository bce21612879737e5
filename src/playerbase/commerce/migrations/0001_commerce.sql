create schema commerce;

create table commerce.orders (
    order_id     uuid primary key,
    number       bigint not null unique check (number > 0),  -- what Steam knows it by; drawn, so that none can be guessed
    player_id    uuid not null references identity.players,
    platform     text not null check (platform in ('steam', 'epic', 'apple', 'google')),
    environment  text not null check (environment in ('production', 'sandbox')),
    sku          text not null,
    item_id      uuid not null,
    item_code    text not null,
    item_name    text not null,
    item_version int not null,
    quantity     int not null check (quantity > 0),
    amount       bigint check (amount > 0),      -- of all of it, in hundredths; null where nobody has said
    currency     text,
    contents     json not null,                  -- what one of it holds, as it was sold
    state        text not null check (
        state in ('started', 'approved', 'unknown', 'granted', 'refunded', 'charged_back', 'failed', 'abandoned')
    ),
    step         text not null default '' check (step in ('', 'init', 'finalize', 'refund')), -- asked, and no answer yet
    fault        text not null default '',
    approve_url  text not null default '',
    refunded     int not null default 0,         -- of the quantity
    given        int not null default 0,         -- how often it was, which is more than once after a refund was taken back
    tried        int not null default 0,
    look_at      timestamptz,                    -- when a worker asks about it next
    account      bytea,                          -- who paid, at the platform; sealed
    client_key   text,
    fingerprint  bytea not null,
    created_at   timestamptz not null,
    updated_at   timestamptz not null,
    granted_at   timestamptz,
    ended_at     timestamptz,
    unique (player_id, client_key),
    check (refunded between 0 and quantity),
    check (given > 0 or state <> 'granted'),
    check ((look_at is null) = (state in ('granted', 'refunded', 'charged_back', 'failed', 'abandoned') and step = '')),
    check (granted_at is not null or state <> 'granted')
);
create index on commerce.orders (player_id, order_id);
create index on commerce.orders (look_at) where look_at is not null;
create index on commerce.orders (state, order_id);

-- Whose a platform's transaction is, for good.
create table commerce.receipts (
    platform     text not null,
    ref          text not null check (length(ref) between 1 and 2000),  -- the platform's own name for the transaction
    order_id     uuid not null unique references commerce.orders,
    player_id    uuid not null references identity.players,
    confirm      text not null default '' check (confirm in ('', 'acknowledge', 'consume', 'redeem')), -- what it must hear
    confirm_at   timestamptz,                    -- when it is told next
    confirmed_at timestamptz,
    tried        int not null default 0,
    fault        text not null default '',
    asked_at     timestamptz not null,           -- when it was last asked how it stands
    made_at      timestamptz not null,
    primary key (platform, ref)
);
create index on commerce.receipts (confirm_at) where confirm_at is not null;
create index on commerce.receipts (platform, asked_at);

-- What was given back to buyers, each word of a platform once.
create table commerce.refunds (
    refund_id      uuid primary key,
    platform       text not null,
    ref            text not null,
    part           text not null,                -- tells it from others of the same receipt
    kind           text not null check (kind in ('refund', 'chargeback', 'revoked')),
    source         text not null,                -- from whom we know it
    quantity       int check (quantity > 0),     -- null: all that is left
    state          text not null check (state in ('waiting', 'applied', 'reversed')),
    order_id       uuid references commerce.orders,
    player_id      uuid,
    taken_quantity int not null default 0 check (taken_quantity >= 0),
    taken          json,                         -- what was taken, what is owed, what could not be had back
    reason         text not null default '',
    said_at        timestamptz,
    created_at     timestamptz not null,
    applied_at     timestamptz,
    unique (platform, ref, part),
    check ((state = 'waiting') = (applied_at is null)),
    check (state <> 'applied' or order_id is not null)
);
create index on commerce.refunds (order_id);
create index on commerce.refunds (player_id, refund_id);
create index on commerce.refunds (state, created_at);

-- What platforms said, row by row, kept before it is acted upon.
create table commerce.statements (
    platform   text not null,
    key        text not null check (length(key) between 1 and 2200),
    source     text not null,                    -- the feed or notification it came by
    kind       text not null check (kind in ('sold', 'refund', 'chargeback', 'revoked', 'reversed', 'hint', 'nothing')),
    ref        text not null default '',
    number     bigint not null default 0,        -- ours, where the platform says it
    sku        text not null default '',
    quantity   int,
    amount     bigint,
    currency   text not null default '',
    said_at    timestamptz,
    seen_at    timestamptz not null,
    due_at     timestamptz,                      -- when it is acted upon; null: it was
    tried      int not null default 0,
    outcome    text not null default '',
    fault      text not null default '',
    primary key (platform, key)
);
create index on commerce.statements (due_at) where due_at is not null;
create index on commerce.statements (platform, ref);
create index on commerce.statements (number) where number > 0;
create index on commerce.statements (seen_at);

create table commerce.feeds (
    name        text primary key,
    since       timestamptz not null,            -- all before this was read
    lease       uuid,
    lease_until timestamptz,
    read_at     timestamptz,                     -- when the last whole run began
    fault       text not null default '',
    check ((lease is null) = (lease_until is null))
);

-- What does not agree, and what somebody decided about it.
create table commerce.exceptions (
    exception_id uuid primary key,
    kind         text not null,
    platform     text not null,
    subject      text not null,                  -- the order, receipt or statement it is about
    order_id     uuid,
    player_id    uuid,
    detail       text not null,
    state        text not null check (state in ('open', 'settled', 'accepted')),
    found_at     timestamptz not null,
    settled_at   timestamptz,
    settled_by   text not null default '',
    reason       text not null default '',
    unique (kind, platform, subject),
    check ((state = 'open') = (settled_at is null))
);
create index on commerce.exceptions (state, exception_id);

-- What an operator decides: one row, and without it the defaults.
create table commerce.settings (
    only_one              boolean primary key default true check (only_one),
    abandon_seconds       int not null,
    look_seconds          int not null,
    open_orders_max       int not null,
    feed_seconds          int not null,
    feed_overlap_seconds  int not null,
    notification_hours    int not null,
    exception_hours       int not null,
    demand_binding        boolean not null,
    changed_by            text not null,
    changed_at            timestamptz not null
);
