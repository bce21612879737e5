-- never_more_sold_than_there_are
select item_id, sold, total from catalog.stocks where sold > total;

-- no_category_above_itself
with recursive above as (
    select code as start, parent, 1 as depth from catalog.categories
    union all
    select above.start, category.parent, above.depth + 1
    from above join catalog.categories as category on category.code = above.parent
    where above.depth < 64
)
select start from above where parent = start or depth >= 64;

-- no_bundle_inside_itself
with recursive inside as (
    select bundle_id as start, item_id, 1 as depth from catalog.parts where item_id is not null
    union all
    select inside.start, part.item_id, inside.depth + 1
    from inside join catalog.parts as part on part.bundle_id = inside.item_id
    where part.item_id is not null and inside.depth < 16
)
select start from inside where item_id = start or depth >= 16;

-- every_bundle_has_parts
select item_id from catalog.items where type = 'bundle'
    and not exists (select from catalog.parts where parts.bundle_id = items.item_id);

-- only_bundles_have_parts
select items.item_id from catalog.items join catalog.parts on parts.bundle_id = items.item_id where items.type <> 'bundle';

-- every_item_has_its_present_edition
select items.item_id, items.version from catalog.items
    left join catalog.editions on editions.item_id = items.item_id and editions.version = items.version
where editions.item_id is null;
