-- nobody_is_seen_before_they_were_made
select player_id from identity.players where seen_at < created_at;

-- no_identity_is_older_than_its_player
select identities.player_id
from identity.identities join identity.players using (player_id)
where identities.linked_at < players.created_at;

-- nobody_is_barred_without_a_decision
select player_id from identity.players
where status <> 'active' and not exists (
    select from identity.bans
    where bans.player_id = players.player_id and bans.kind = players.status and scope is null
        and lifted_at is null and lapsed_at is null
);

-- nobody_barred_for_good_comes_in
select bans.player_id
from identity.bans join identity.players using (player_id)
where scope is null and until is null and lifted_at is null and lapsed_at is null and status = 'active';

-- what_was_merged_is_history
select request_id from identity.merge_requests as asked
where state = 'merged' and (
    not exists (
        select from identity.links
        where player_id = asked.asked_by and provider = asked.provider and what = 'linked' and at >= asked.decided_at
    )
    or not exists (
        select from identity.links
        where player_id = asked.owner_id and provider = asked.provider and what = 'unlinked' and at >= asked.decided_at
    )
);
