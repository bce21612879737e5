-- nobody_is_away_for_more_than_ten_minutes
select state_hash from federation.states where expires_at > made_at + interval '10 minutes';

-- no_way_back_leads_elsewhere
select state_hash from federation.states where return_path !~ '^/([^/\\]|$)';

-- no_tokens_are_kept_of_who_is_not_linked
select player_id
from federation.twitch_grants as kept
where not exists (
    select from identity.identities as mine where mine.player_id = kept.player_id and mine.provider = 'twitch'
);
