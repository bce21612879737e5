-- no_session_outlives_its_absolute_end
select session_id from access.sessions where expires_at > absolute_expires_at or created_at > absolute_expires_at;

-- nobody_has_a_role_that_grants_nothing
select player_id from access.staff where not roles <@ array['moderator', 'support', 'economy', 'admin'];

-- no_failure_is_counted_past_the_lock
select account from access.failures where cardinality(failed_at) >= 10;

-- passwords_are_hashed_as_we_hash
select player_id from access.credentials where password_hash not like 'v1$%$2b$%';

-- whoever_has_a_second_factor_has_ways_to_recover
select player_id from access.factors
where confirmed_at is not null
    and (select count(*) from access.recovery_codes where recovery_codes.player_id = factors.player_id) <> 10;

-- no_challenge_is_tried_too_often
select token_hash from access.challenges where tries > 5;

-- nobody_is_known_on_more_devices_than_we_keep
select player_id from access.known_devices group by player_id having count(*) > 20;

-- only_a_verifying_token_carries_an_address
select token_hash from access.one_time where address_sealed is not null and purpose <> 'verify';

-- nobody_sees_the_portal_as_a_player_for_longer_than_half_an_hour
select session_id from access.sessions
where kind = 'impersonation' and absolute_expires_at > created_at + interval '30 minutes';

-- nobody_sees_the_portal_as_themselves
select session_id from access.sessions where kind = 'impersonation' and actor_id = player_id;

-- nobody_sees_the_portal_as_two_players_at_once
select actor_id from access.sessions
where kind = 'impersonation' and revoked_at is null and end_noted_at is null
group by actor_id
having count(*) > 1;
