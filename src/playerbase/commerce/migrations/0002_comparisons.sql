-- When platforms, orders and books were compared, who wanted it, and what came of it.
create table commerce.comparisons (
    comparison_id uuid primary key,
    asked_by      text not null,                 -- system:reconciliation, or staff:<player>
    asked_at      timestamptz not null,
    began_at      timestamptz,                   -- null: a worker has not taken it up yet
    ended_at      timestamptz,                   -- null: it runs, or it was cut off
    statements    int not null default 0,        -- what was compared
    orders        int not null default 0,
    found         int not null default 0,        -- what does not agree
    settled       int not null default 0,        -- what agrees by now that did not
    check (ended_at is null or began_at is not null)
);

create index on commerce.exceptions (order_id);
create index on commerce.orders (granted_at) where granted_at is not null;
create index on commerce.refunds (applied_at) where applied_at is not null;
