-- bounds
-- The rules and, on each of their rows, the bounds: one round trip for both.
select code, is_on, count, seconds, action, reason, lines_max, quantity_max, review_hours
from orders.rules cross join orders.settings
order by code;

-- known
-- What became of wishes of these names before: an order, or a refusal.
select player_id, transaction_id, fingerprint, order_id, null::text as refusal
from orders.orders join unnest(:players::uuid[], :names::text[]) as wanted(player_id, transaction_id)
    using (player_id, transaction_id)
union all
select player_id, transaction_id, fingerprint, null::uuid, refusal
from orders.refusals join unnest(:players::uuid[], :names::text[]) as wanted(player_id, transaction_id)
    using (player_id, transaction_id);

-- signs
-- What the rules look at, and what counts towards a maximum beside the inventory; pairs of player and item.
-- Nobody need count further than a rule does.
select 'recent' as sign, wanted.player_id, wanted.item_id, null::text as address, (
    select count(*) from (
        select from orders.lines as line
        where line.player_id = wanted.player_id and line.item_id = wanted.item_id and line.placed_at > :lines_since
        limit :lines_count
    ) as counted
) as count
from (
    select distinct player_id, item_id from unnest(:players::uuid[], :items::uuid[]) as each(player_id, item_id)
) as wanted
union all
select 'address', null, null, wanted.address, (
    select count(*) from (
        select from orders.orders as one
        where one.address = wanted.address and one.placed_at > :orders_since limit :orders_count
    ) as counted
)
from unnest(:addresses::text[]) as wanted(address)
union all
select 'suspect', player_id, null, null, earnings
from orders.suspects where player_id = any(:players::uuid[]) and until > :now
union all
select 'bundle', wanted.player_id, wanted.item_id, null, (
    select coalesce(sum(line.quantity - line.refunded), 0)::bigint from orders.lines as line
    where line.player_id = wanted.player_id and line.item_id = wanted.item_id
)
from unnest(:limited_players::uuid[], :limited::uuid[]) as wanted(player_id, item_id)
where wanted.item_id = any(:bundles::uuid[])
union all
select 'thing', wanted.player_id, wanted.item_id, null, (
    select coalesce(sum(thing.quantity), 0)::bigint from orders.things as thing
    where thing.player_id = wanted.player_id and thing.item_id = wanted.item_id and thing.state <> 'cancelled'
)
from unnest(:limited_players::uuid[], :limited::uuid[]) as wanted(player_id, item_id);

-- add_orders
insert into orders.orders (
    order_id, player_id, transaction_id, fingerprint, state, currency, total, balance_after, flags, buyer, address,
    request_id, posting_id, hold_id, placed_at, settled_at
)
select unnest(:orders.order_id::uuid[]), unnest(:orders.player_id::uuid[]), unnest(:orders.transaction_id::text::text[]),
    unnest(:orders.fingerprint::text::bytea[]), unnest(:orders.state::text::text[]),
    unnest(:orders.currency::text::text[]), unnest(:orders.total::text::bigint[]),
    unnest(:orders.balance_after::text::bigint[]), string_to_array(unnest(:orders.flags::text::text[]), ' '),
    unnest(:orders.buyer::text::text[]), unnest(:orders.address::text::text[]), unnest(:orders.request_id::text::text[]),
    unnest(:orders.posting_id::text::uuid[]), unnest(:orders.hold_id::text::uuid[]), :now,
    unnest(:orders.settled_at::timestamptz[]);

-- add_lines
insert into orders.lines (
    order_id, number, player_id, item_id, item_version, item_code, item_name, quantity, unit_price, items, assets,
    draws, placed_at
)
select unnest(:lines.order_id::uuid[]), unnest(:lines.number::text::smallint[]), unnest(:lines.player_id::uuid[]),
    unnest(:lines.item_id::uuid[]), unnest(:lines.item_version::text::int[]), unnest(:lines.item_code::text::text[]),
    unnest(:lines.item_name::text::text[]), unnest(:lines.quantity::text::int[]),
    unnest(:lines.unit_price::text::bigint[]), unnest(:lines.items::text::json[]), unnest(:lines.assets::text::json[]),
    unnest(:lines.draws::text::json[]), :now;

-- add_things
insert into orders.things (thing_id, order_id, number, player_id, item_id, quantity, kind, state, is_alone)
select * from unnest(
    :things.thing_id::uuid[], :things.order_id::uuid[], :things.number::smallint[], :things.player_id::uuid[],
    :things.item_id::uuid[], :things.quantity::int[], :things.kind::text[], :things.state::text[],
    :things.is_alone::bool[]
);

-- add_signs
insert into orders.signs (order_id, rule, count, bound, seconds)
select * from unnest(
    :signs.order_id::uuid[], :signs.rule::text[], :signs.count::bigint[], :signs.bound::int[], :signs.seconds::int[]
);

-- signs_of
select order_id, rule, count, bound, seconds from orders.signs
where order_id = any(:order_ids::uuid[]) order by order_id, rule;

-- add_refusals
insert into orders.refusals (player_id, transaction_id, fingerprint, refusal, at)
select player_id, transaction_id, fingerprint, refusal, :now
from unnest(:players::uuid[], :names::text[], :fingerprints::bytea[], :refusals::text[])
    as new(player_id, transaction_id, fingerprint, refusal);

-- forget_refusals
delete from orders.refusals
where (player_id, transaction_id) in (
    select player_id, transaction_id from orders.refusals where at < :before limit :count
)
returning player_id;

-- forget_addresses
update orders.orders set address = null
where order_id in (
    select order_id from orders.orders where address is not null and placed_at < :before limit :count
)
returning order_id;

-- orders_by_id
select order_id, player_id, transaction_id, state, currency, total, refunded, balance_after, flags, buyer, posting_id,
    hold_id, placed_at, settled_at, settled_by, settled_why
from orders.orders where order_id = any(:order_ids::uuid[]) order by order_id;

-- lock_order
select order_id, player_id, transaction_id, state, currency, total, refunded, balance_after, flags, buyer, posting_id,
    hold_id, placed_at, settled_at, settled_by, settled_why
from orders.orders where order_id = :order_id for no key update;

-- of_player
select order_id, player_id, transaction_id, state, currency, total, refunded, balance_after, flags, buyer, posting_id,
    hold_id, placed_at, settled_at, settled_by, settled_why
from orders.orders where player_id = :player_id and order_id < :before order by order_id desc limit :count;

-- made_before
select order_id, player_id, transaction_id, state, currency, total, refunded, balance_after, flags, buyer, posting_id,
    hold_id, placed_at, settled_at, settled_by, settled_why
from orders.orders where player_id = :player_id and placed_at < :before order by order_id desc limit :count;

-- given_back_before
select back.refund_id, back.order_id, one.currency, back.amount, back.reason, back.at
from orders.refunds as back join orders.orders as one using (order_id)
where back.player_id = :player_id and back.at < :before order by back.refund_id desc limit :count;

-- page
-- Latest first, of these players, states and items; an absent filter lets everything through.
select order_id, player_id, transaction_id, state, currency, total, refunded, balance_after, flags, buyer, posting_id,
    hold_id, placed_at, settled_at, settled_by, settled_why
from orders.orders as one
where order_id < :before and (:player_id::uuid is null or player_id = :player_id)
    and (:state::text is null or state = :state) and (:currency::text is null or currency = :currency)
    and (:item_id::uuid is null or exists (
        select from orders.lines where lines.order_id = one.order_id and lines.item_id = :item_id
    ))
    and (not :is_refunded::bool or refunded > 0)
    and (:since::timestamptz is null or placed_at >= :since) and (:until::timestamptz is null or placed_at < :until)
order by order_id desc limit :count;

-- waiting
-- What waits for a person longest, first.
select order_id, player_id, transaction_id, state, currency, total, refunded, balance_after, flags, buyer, posting_id,
    hold_id, placed_at, settled_at, settled_by, settled_why
from orders.orders where state = 'review' and order_id > :after order by order_id limit :count;

-- tally
select state, count(*)::bigint, min(placed_at) from orders.orders where state = 'review' group by state;

-- lines_of
select order_id, number, player_id, item_id, item_version, item_code, item_name, quantity, unit_price, refunded, items,
    assets, draws, placed_at
from orders.lines where order_id = any(:order_ids::uuid[]) order by order_id, number;

-- things_of
select thing_id, order_id, number, player_id, item_id, quantity, kind, state, is_alone
from orders.things where order_id = any(:order_ids::uuid[]) order by order_id, number, thing_id;

-- things_by_id
select thing_id, order_id, number, player_id, item_id, quantity, kind, state, is_alone
from orders.things where thing_id = any(:thing_ids::uuid[]) order by thing_id;

-- lock_things
select thing_id, order_id, number, player_id, item_id, quantity, kind, state, is_alone
from orders.things where thing_id = any(:thing_ids::uuid[]) order by thing_id for update;

-- put_things
update orders.things as one set state = new.state
from unnest(:thing_ids::uuid[], :states::text[]) as new(thing_id, state)
where one.thing_id = new.thing_id;

-- drop_things
delete from orders.things where thing_id = any(:thing_ids::uuid[]);

-- settle
update orders.orders
set state = :state, posting_id = :posting_id, balance_after = :balance_after, settled_at = :now, settled_by = :by,
    settled_why = :why
where order_id = :order_id;

-- give_up_lines
-- Of an order that was turned down: none of it counts towards a maximum any more.
update orders.lines set refunded = quantity where order_id = :order_id;

-- return_lines
update orders.lines as one set refunded = one.refunded + new.quantity
from unnest(:order_ids::uuid[], :numbers::smallint[], :quantities::int[]) as new(order_id, number, quantity)
where one.order_id = new.order_id and one.number = new.number;

-- return_amount
update orders.orders as one set refunded = one.refunded + new.amount
from unnest(:order_ids::uuid[], :amounts::bigint[]) as new(order_id, amount)
where one.order_id = new.order_id;

-- add_refunds
insert into orders.refunds (refund_id, order_id, player_id, amount, lines, reason, by, posting_id, at)
select refund_id, order_id, player_id, amount, lines, reason, by, posting_id, at
from unnest(
    :refunds.refund_id::uuid[], :refunds.order_id::uuid[], :refunds.player_id::uuid[], :refunds.amount::bigint[],
    :refunds.lines::json[], :refunds.reason::text[], :refunds.by::text[], :refunds.posting_id::uuid[],
    :refunds.at::timestamptz[]
) as new(refund_id, order_id, player_id, amount, lines, reason, by, posting_id, at);

-- refunds_of
select refund_id, order_id, player_id, amount, lines, reason, by, posting_id, at
from orders.refunds where order_id = :order_id order by refund_id;

-- put_rule
update orders.rules set is_on = :change.is_on, count = :change.count, seconds = :change.seconds,
    action = :change.action, reason = :change.reason
where code = :code
returning code;

-- put_settings
update orders.settings set lines_max = :wanted.lines_max, quantity_max = :wanted.quantity_max,
    review_hours = :wanted.review_hours
returning is_one;

-- undelivered
-- Parts of bundles that were cancelled on their way, while their line is not given back whole and nobody let it be.
select thing.thing_id, thing.order_id, thing.number, thing.player_id, thing.item_id, thing.quantity, line.item_name,
    line.placed_at
from orders.things as thing
    join orders.lines as line on line.order_id = thing.order_id and line.number = thing.number
    join orders.orders as one on one.order_id = thing.order_id
where thing.state = 'cancelled' and not thing.is_alone and not thing.is_let_be and thing.thing_id > :after
    and one.state = 'placed' and line.refunded < line.quantity
    and (:order_id::uuid is null or thing.order_id = :order_id)
order by thing.thing_id limit :count;

-- let_be
update orders.things set is_let_be = true
where thing_id = :thing_id and order_id = :order_id and state = 'cancelled' and not is_alone and not is_let_be
returning order_id;

-- latest
-- Made since a moment of the machine's clock, latest first: a range of the key, and so never a look at all of them.
select order_id, player_id, transaction_id, state, currency, total, refunded, balance_after, flags, buyer, posting_id,
    hold_id, placed_at, settled_at, settled_by, settled_why
from orders.orders where order_id >= :floor and order_id < :before order by order_id desc limit :count;

-- refunded_lately
select distinct order_id from orders.refunds where refund_id >= :floor limit :count;

-- findings
select order_id, player_id, currency, expected, found, noticed_at
from orders.findings order by noticed_at, order_id limit :count;

-- put_findings
insert into orders.findings as known (order_id, player_id, currency, expected, found, noticed_at)
select order_id, player_id, currency, expected, found, :now
from unnest(:order_ids::uuid[], :players::uuid[], :currencies::text[], :expected::bigint[], :found::bigint[])
    as new(order_id, player_id, currency, expected, found)
on conflict (order_id) do update set expected = excluded.expected, found = excluded.found;

-- drop_findings
delete from orders.findings where order_id = any(:order_ids::uuid[]) returning order_id;

-- put_suspects
-- But for those who were let through lately.
insert into orders.suspects as known (player_id, asset, earnings, amount, noticed_at, until)
select player_id, asset, earnings, amount, noticed_at, until
from unnest(
    :suspects.player_id::uuid[], :suspects.asset::text[], :suspects.earnings::int[], :suspects.amount::numeric[],
    :suspects.noticed_at::timestamptz[], :suspects.until::timestamptz[]
) as new(player_id, asset, earnings, amount, noticed_at, until)
on conflict (player_id) do update set asset = excluded.asset, earnings = excluded.earnings, amount = excluded.amount,
    until = excluded.until, cleared_at = null
where known.cleared_at is null or known.cleared_at < :cleared_before;

-- clear_suspect
update orders.suspects set until = :now, cleared_at = :now where player_id = :player_id and until > :now
returning player_id;

-- suspects
select player_id, asset, earnings, amount, noticed_at, until
from orders.suspects where until > :now order by player_id limit :count;
