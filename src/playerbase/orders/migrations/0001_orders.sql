create schema orders;

-- What somebody bought, or wants to: one wish under the client's own name for it.
create table orders.orders (
    order_id       uuid primary key,
    player_id      uuid not null references identity.players,
    transaction_id text not null check (length(transaction_id) between 1 and 255), -- the client's
    fingerprint    bytea not null,
    state          text not null check (state in ('review', 'placed', 'rejected')),
    currency       text not null,
    total          bigint not null check (total > 0),
    refunded       bigint not null default 0 check (refunded between 0 and total),
    balance_after  bigint,                      -- once it is paid
    flags          text[] not null,             -- the rules that asked for a review
    buyer          text not null,               -- who sent it: the player, or a game's server
    address        text,                        -- where it came from, for as long as the rules look at it; none of servers
    request_id     text not null,
    posting_id     uuid,                        -- in the ledger, once it is paid
    hold_id        uuid,                        -- what is set aside meanwhile
    placed_at      timestamptz not null,
    settled_at     timestamptz,
    settled_by     text not null default '',
    settled_why    text not null default '',
    unique (player_id, transaction_id),
    check ((state = 'placed') = (posting_id is not null)),
    check ((state = 'placed') = (balance_after is not null)),
    check ((state = 'review') = (settled_at is null)),
    check (state <> 'review' or hold_id is not null)
) with (fillfactor = 90);
create index on orders.orders (player_id, order_id);
create index on orders.orders (order_id) where state = 'review';
create index on orders.orders (address, placed_at) where address is not null;

-- What of it was bought, at which version and price, and what that comes down to once bundles are opened.
create table orders.lines (
    order_id     uuid not null references orders.orders,
    number       smallint not null check (number > 0),
    player_id    uuid not null,
    item_id      uuid not null,
    item_version int not null,
    item_code    text not null,
    item_name    text not null,
    quantity     int not null check (quantity > 0),
    unit_price   bigint not null check (unit_price > 0),
    refunded     int not null default 0 check (refunded between 0 and quantity),
    items        json not null,                 -- [[item, how many of it in one]]
    assets       json not null,                 -- [[asset, how much of it in one]]
    placed_at    timestamptz not null,
    primary key (order_id, number)
) with (fillfactor = 90);
create index on orders.lines (player_id, item_id, placed_at);
create index on orders.lines (item_id, order_id);

-- What of an order is not in the inventory: what waits for a review, and what is delivered in another way.
create table orders.things (
    thing_id  uuid primary key,                 -- the line of its delivery
    order_id  uuid not null,
    number    smallint not null,
    player_id uuid not null,
    item_id   uuid not null,
    quantity  int not null check (quantity > 0),
    kind      text not null check (kind in ('in_game', 'email', 'shopify', 'functional')),
    state     text not null check (state in ('reserved', 'under_way', 'delivered', 'failed', 'cancelled')),
    is_alone  bool not null,                    -- the line is this and nothing else, so its price is this thing's
    foreign key (order_id, number) references orders.lines,
    check (kind <> 'in_game' or state in ('reserved', 'cancelled'))
);
create index on orders.things (player_id, item_id) where state <> 'cancelled';
create index on orders.things (order_id);

-- What was given back of an order: which lines, and how much.
create table orders.refunds (
    refund_id  uuid primary key,
    order_id   uuid not null references orders.orders,
    player_id  uuid not null,
    amount     bigint not null check (amount > 0),
    lines      json not null,                   -- [[line, how many]]
    reason     text not null,
    by         text not null,
    posting_id uuid not null unique,
    at         timestamptz not null
);
create index on orders.refunds (order_id);
create index on orders.refunds (player_id, refund_id);

-- A wish that was refused stays refused under its name: whoever sends it again must not succeed by luck.
create table orders.refusals (
    player_id      uuid not null,
    transaction_id text not null,
    fingerprint    bytea not null,
    refusal        text not null,
    at             timestamptz not null,
    primary key (player_id, transaction_id)
);
create index on orders.refusals (at);

-- When an order waits for a person, and why these numbers.
create table orders.rules (
    code    text primary key check (code in ('velocity', 'address', 'earning')),
    is_on   bool not null,
    count   int not null check (count > 0),
    seconds int not null check (seconds between 1 and 2592000),
    action  text not null check (action in ('review', 'refuse')),
    reason  text not null
);
insert into orders.rules (code, is_on, count, seconds, action, reason) values
    ('velocity', true, 5, 3600, 'review', 'Nobody who plays buys one thing a sixth time within an hour.'),
    ('address', true, 60, 600, 'review', 'A household or a dormitory buys less than six times a minute; a farm does not.'),
    ('earning', true, 240, 3600, 'review', 'A match takes minutes, and its rewards come a few at a time.');

-- Who earns in a way that nobody plays.
create table orders.suspects (
    player_id  uuid primary key,
    asset      text not null,
    earnings   int not null,
    amount     numeric not null,
    noticed_at timestamptz not null,
    until      timestamptz not null
);
create index on orders.suspects (until);

create table orders.settings (
    is_one       bool primary key default true check (is_one),
    lines_max    int not null check (lines_max between 1 and 50),
    quantity_max int not null check (quantity_max between 1 and 1000000),
    review_hours int not null check (review_hours between 1 and 720)
);
-- Twenty lines fill a basket on one page; a thousand of a thing is a guild's supply; three days bridge a weekend.
insert into orders.settings (lines_max, quantity_max, review_hours) values (20, 1000, 72);
