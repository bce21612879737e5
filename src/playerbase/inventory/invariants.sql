-- nothing_ended_is_worn
select loadout.player_id, loadout.slot from inventory.loadouts as loadout
    join inventory.entitlements as thing using (entitlement_id)
where thing.state <> 'active' or thing.player_id <> loadout.player_id;

-- every_unit_is_left_used_up_or_taken_back
select thing.entitlement_id from inventory.entitlements as thing
    left join (
        select entitlement_id, sum(quantity) as used from inventory.consumption_parts group by entitlement_id
    ) as part using (entitlement_id)
where thing.granted <> thing.quantity + thing.revoked + coalesce(part.used, 0);

-- what_was_used_up_came_from_somewhere
select one.consumption_id from inventory.consumptions as one
    left join (
        select consumption_id, sum(quantity) as used from inventory.consumption_parts group by consumption_id
    ) as part using (consumption_id)
where one.transaction_id is null and coalesce(part.used, 0) <> one.quantity;
