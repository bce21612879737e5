-- version
select version from catalog.state;

-- turn_version
update catalog.state set version = :version;

-- settings
select items_max, categories_max, import_rows_max, stock_low, ending_days from catalog.settings;

-- lock_settings
-- Whoever edits the catalog holds this row to the end of their transaction.
select items_max, categories_max, import_rows_max, stock_low, ending_days from catalog.settings for update;

-- save_settings
update catalog.settings
set items_max = :settings.items_max, categories_max = :settings.categories_max,
    import_rows_max = :settings.import_rows_max, stock_low = :settings.stock_low, ending_days = :settings.ending_days;

-- categories
select code, name, parent, position, version, updated_at from catalog.categories order by position, code;

-- save_categories
insert into catalog.categories as old (code, name, parent, position, version, updated_at)
select code, name, parent, position, version, updated_at
from unnest(
    :categories.code::text[], :categories.name::text[], :categories.parent::text[], :categories.position::int[],
    :categories.version::int[], :categories.updated_at::timestamptz[]
) as new(code, name, parent, position, version, updated_at)
on conflict (code) do update
set name = excluded.name, parent = excluded.parent, position = excluded.position, version = excluded.version,
    updated_at = excluded.updated_at;

-- items
select item_id, code, version, name, description, category, game, type, delivery, is_stackable, max_per_player, status,
    is_limited, available_from, available_until, cosmetic, rarity, slot, media, metadata, prices, skus, parts, stock_total,
    stock_opens_at, stock_closes_at, is_sold_out, popularity, owned_by_count, created_at, updated_at
from catalog.whole
order by code;

-- save_items
insert into catalog.items as old (
    item_id, code, version, name, description, category, game, type, delivery, is_stackable, max_per_player, status,
    is_limited, available_from, available_until, cosmetic, rarity, slot, media, metadata, created_at, updated_at
)
select item_id, code, version, name, description, category, game, type, delivery, is_stackable, max_per_player, status,
    is_limited, available_from, available_until, cosmetic, rarity, slot, media, metadata, :now, :now
from unnest(
    :items.item_id::uuid[], :items.code::text[], :items.version::int[], :items.name::text[], :items.description::text[],
    :items.category::text[], :items.game::text[], :items.type::text[], :items.delivery::text[],
    :items.is_stackable::bool[], :items.max_per_player::int[], :items.status::text[], :items.is_limited::bool[],
    :items.available_from::timestamptz[], :items.available_until::timestamptz[], :items.cosmetic::text[],
    :items.rarity::text[], :items.slot::text[], :items.media::json[], :items.metadata::json[]
) as new(
    item_id, code, version, name, description, category, game, type, delivery, is_stackable, max_per_player, status,
    is_limited, available_from, available_until, cosmetic, rarity, slot, media, metadata
)
on conflict (item_id) do update
set version = excluded.version, name = excluded.name, description = excluded.description, category = excluded.category,
    game = excluded.game, delivery = excluded.delivery, max_per_player = excluded.max_per_player,
    status = excluded.status, is_limited = excluded.is_limited, available_from = excluded.available_from,
    available_until = excluded.available_until, cosmetic = excluded.cosmetic, rarity = excluded.rarity,
    slot = excluded.slot, media = excluded.media, metadata = excluded.metadata, updated_at = excluded.updated_at;

-- drop_prices
delete from catalog.prices where item_id = any(:item_ids);

-- drop_skus
delete from catalog.skus where item_id = any(:item_ids);

-- drop_parts
delete from catalog.parts where bundle_id = any(:item_ids);

-- add_prices
insert into catalog.prices (item_id, asset, amount)
select item_id, asset, amount
from unnest(:prices.item_id::uuid[], :prices.asset::text[], :prices.amount::bigint[]) as new(item_id, asset, amount);

-- add_skus
insert into catalog.skus (item_id, platform, sku, amount, currency)
select item_id, platform, sku, amount, currency
from unnest(
    :skus.item_id::uuid[], :skus.platform::text[], :skus.sku::text[], :skus.amount::bigint[], :skus.currency::text[]
) as new(item_id, platform, sku, amount, currency);

-- add_parts
insert into catalog.parts (bundle_id, position, item_id, asset, quantity)
select bundle_id, position, item_id, asset, quantity
from unnest(
    :parts.bundle_id::uuid[], :parts.position::int[], :parts.item_id::uuid[], :parts.asset::text[],
    :parts.quantity::bigint[]
) as new(bundle_id, position, item_id, asset, quantity);

-- add_editions
insert into catalog.editions (item_id, version, at, by, content)
select item_id, version, :now, :by, content
from unnest(:editions.item_id::uuid[], :editions.version::int[], :editions.content::json[]) as new(item_id, version, content);

-- editions
-- Newest first.
select version, at, by, content from catalog.editions
where item_id = :item_id and version < :before
order by version desc
limit :count;

-- edition
select version, at, by, content from catalog.editions where item_id = :item_id and version = :version;

-- lock_stocks
-- In one order, so that two purchases of the same things cannot deadlock.
select item_id, total, sold, opens_at, closes_at from catalog.stocks
where item_id = any(:item_ids)
order by item_id
for update;

-- stocks
select item_id, total, sold, opens_at, closes_at from catalog.stocks order by item_id;

-- save_stocks
-- What is sold is the purchases' to say.
insert into catalog.stocks as old (item_id, total, opens_at, closes_at)
select item_id, total, opens_at, closes_at
from unnest(
    :stocks.item_id::uuid[], :stocks.total::bigint[], :stocks.opens_at::timestamptz[], :stocks.closes_at::timestamptz[]
) as new(item_id, total, opens_at, closes_at)
on conflict (item_id) do update
set total = excluded.total, opens_at = excluded.opens_at, closes_at = excluded.closes_at;

-- drop_stocks
delete from catalog.stocks where item_id = any(:item_ids);

-- move_stock
update catalog.stocks as stock
set sold = sold + moved.quantity
from unnest(:item_ids::uuid[], :quantities::bigint[]) as moved(item_id, quantity)
where stock.item_id = moved.item_id;

-- tell_sales
insert into catalog.sales_told (item_id, quantity, told_at)
select unnest(:item_ids::uuid[]), unnest(:quantities::text::bigint[]), :now;

-- fold_sales
-- Into one row for each item and day; what is told meanwhile waits for the next time.
with told as (
    delete from catalog.sales_told returning item_id, (told_at at time zone 'UTC')::date as day, quantity
)
insert into catalog.sales as old (item_id, day, quantity)
select item_id, day, sum(quantity)::bigint from told join catalog.items using (item_id) group by item_id, day
on conflict (item_id, day) do update set quantity = old.quantity + excluded.quantity;

-- forget_sales
delete from catalog.sales where day < :before;

-- sales_since
select item_id, day, quantity from catalog.sales where day >= :since;

-- set_popularity
-- Only where it changes; the answer says how often that was.
with changed as (
    update catalog.items as item
    set popularity = new.popularity
    from unnest(:item_ids::uuid[], :figures::bigint[]) as new(item_id, popularity)
    where item.item_id = new.item_id and item.popularity <> new.popularity
    returning 1
)
select count(*)::int from changed;

-- set_owned
-- Only where it changes; the answer says how often that was.
with changed as (
    update catalog.items as item
    set owned_by_count = new.owned
    from unnest(:item_ids::uuid[], :figures::bigint[]) as new(item_id, owned)
    where item.item_id = new.item_id and item.owned_by_count <> new.owned
    returning 1
)
select count(*)::int from changed;

-- remaining
select total - sold from catalog.stocks where item_id = :item_id;
