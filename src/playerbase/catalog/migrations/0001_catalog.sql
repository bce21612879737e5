create schema catalog;

-- Which state of the catalog this is. Every edit makes a new token: one that is rolled back, or made in a copy of the
-- database, is never met again, so whatever is remembered under a token is true for good.
create table catalog.state (
    is_one  bool primary key default true check (is_one),
    version uuid not null
);
insert into catalog.state (version) values ('00000000-0000-7000-8000-000000000000');

-- The bounds. An editor holds this row first, so edits come one after the other and may be checked against the whole.
create table catalog.settings (
    is_one          bool primary key default true check (is_one),
    items_max       int not null check (items_max > 0),
    categories_max  int not null check (categories_max > 0),
    import_rows_max int not null check (import_rows_max > 0),
    stock_low       int not null check (stock_low >= 0),
    ending_days     int not null check (ending_days >= 0)
);
insert into catalog.settings (items_max, categories_max, import_rows_max, stock_low, ending_days)
values (5000, 500, 5000, 10, 3);

create table catalog.categories (
    code       text primary key check (code ~ '^[a-z][a-z0-9_-]{1,47}$'),
    name       text not null check (length(name) between 1 and 100),
    parent     text references catalog.categories,
    position   int not null check (position >= 0),
    version    int not null check (version > 0),
    updated_at timestamptz not null,
    check (parent <> code)
);
create index on catalog.categories (parent);

create table catalog.items (
    item_id         uuid primary key,
    code            text not null unique check (code ~ '^[a-z][a-z0-9_-]{1,47}$'),
    version         int not null check (version > 0),
    name            text not null check (length(name) between 1 and 100),
    description     text not null check (length(description) <= 2000),
    category        text references catalog.categories,
    game            text,                -- null is the whole platform
    type            text not null check (type in ('durable', 'consumable', 'bundle')),
    delivery        text not null check (delivery in ('in_game', 'email', 'shopify', 'functional')),
    is_stackable    bool not null check (not is_stackable or type = 'consumable'),
    max_per_player  int check (max_per_player > 0),
    status          text not null check (status in ('active', 'inactive', 'coming_soon')),
    is_limited      bool not null,
    available_from  timestamptz,
    available_until timestamptz,
    cosmetic        text check (cosmetic in ('skin', 'emote', 'banner', 'nameplate', 'effect', 'trail')),
    rarity          text not null check (rarity in ('common', 'uncommon', 'rare', 'epic', 'legendary')),
    slot            text,
    media           json not null,
    metadata        json not null,
    popularity      bigint not null default 0 check (popularity >= 0),
    owned_by_count  bigint not null default 0 check (owned_by_count >= 0),
    created_at      timestamptz not null,
    updated_at      timestamptz not null,
    check (available_until > available_from)
);
create index on catalog.items (category);

create table catalog.prices (
    item_id uuid not null references catalog.items,
    asset   text not null,
    amount  bigint not null check (amount > 0),
    primary key (item_id, asset)
);

create table catalog.skus (
    platform text not null check (platform in ('steam', 'epic', 'apple', 'google')),
    sku      text not null,
    item_id  uuid not null references catalog.items,
    amount   bigint not null check (amount > 0),
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    primary key (platform, sku),
    unique (item_id, platform)
);

-- What a bundle holds: items and amounts of assets.
create table catalog.parts (
    bundle_id uuid not null references catalog.items,
    position  int not null,
    item_id   uuid references catalog.items,
    asset     text,
    quantity  bigint not null check (quantity > 0),
    primary key (bundle_id, position),
    check (num_nonnulls(item_id, asset) = 1),
    check (item_id <> bundle_id)
);
create index on catalog.parts (item_id);

-- How many there are for sale, where that is bounded. The one table of the catalog that purchases write.
create table catalog.stocks (
    item_id   uuid primary key references catalog.items,
    total     bigint not null check (total >= 0),
    sold      bigint not null default 0 check (sold >= 0),
    opens_at  timestamptz,
    closes_at timestamptz,
    constraint never_more_than_there_are check (sold <= total),
    check (closes_at > opens_at)
) with (fillfactor = 50);

-- What each item was: an order keeps what it saw by item and version.
create table catalog.editions (
    item_id uuid not null references catalog.items,
    version int not null check (version > 0),
    at      timestamptz not null,
    by      text not null,
    content json not null,
    primary key (item_id, version)
);

-- Sales as they are told, one row each, so that no two buyers wait for one another; folded into days every hour.
create table catalog.sales_told (
    item_id  uuid not null,
    quantity bigint not null check (quantity <> 0),
    told_at  timestamptz not null
);

create table catalog.sales (
    item_id  uuid not null references catalog.items,
    day      date not null,
    quantity bigint not null,
    primary key (item_id, day)
);
create index on catalog.sales (day);

-- An item with all that belongs to it, as every reader takes it.
create view catalog.whole as
select
    item.item_id, item.code, item.version, item.name, item.description, item.category, item.game, item.type,
    item.delivery, item.is_stackable, item.max_per_player, item.status, item.is_limited, item.available_from,
    item.available_until, item.cosmetic, item.rarity, item.slot, item.media, item.metadata,
    coalesce((
        select json_agg(json_build_object('asset', asset, 'amount', amount) order by asset)
        from catalog.prices where prices.item_id = item.item_id
    ), '[]') as prices,
    coalesce((
        select json_agg(
            json_build_object('platform', platform, 'sku', sku, 'amount', amount, 'currency', currency)
            order by platform
        )
        from catalog.skus where skus.item_id = item.item_id
    ), '[]') as skus,
    coalesce((
        select json_agg(json_build_object('quantity', quantity, 'item', inner_item.code, 'asset', asset) order by position)
        from catalog.parts left join catalog.items as inner_item on inner_item.item_id = parts.item_id
        where parts.bundle_id = item.item_id
    ), '[]') as parts,
    stock.total as stock_total, stock.opens_at as stock_opens_at, stock.closes_at as stock_closes_at,
    coalesce(stock.sold >= stock.total, false) as is_sold_out,
    item.popularity, item.owned_by_count, item.created_at, item.updated_at
from catalog.items as item left join catalog.stocks as stock on stock.item_id = item.item_id;
