-- What the rules saw when they had an order wait: how much there was of what they count, and what they bear.
create table orders.signs (
    order_id uuid not null references orders.orders,
    rule     text not null,
    count    bigint not null,
    bound    int not null,
    seconds  int not null,
    primary key (order_id, rule)
);

-- Orders of which the ledger says something else; whoever is right again is gone from here.
create table orders.findings (
    order_id   uuid primary key references orders.orders,
    player_id  uuid not null,
    currency   text not null,
    expected   bigint not null,
    found      bigint not null,
    noticed_at timestamptz not null
);

-- A part of a bundle that was not delivered has no price of its own: a person gives its line back, or lets it be.
alter table orders.things add column is_let_be bool not null default false;
create index on orders.things (thing_id) where state = 'cancelled' and not is_alone and not is_let_be;
