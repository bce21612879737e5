-- nobody_is_seen_before_they_were_made
select player_id from identity.players where seen_at < created_at;

-- no_identity_is_older_than_its_player
select identities.player_id
from identity.identities join identity.players using (player_id)
where identities.linked_at < players.created_at;
