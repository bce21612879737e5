-- nobody_is_away_for_more_than_ten_minutes
select state_hash from federation.states where expires_at > made_at + interval '10 minutes';

-- no_way_back_leads_elsewhere
select state_hash from federation.states where return_path !~ '^/([^/\\]|$)';
