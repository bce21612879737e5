-- no_session_outlives_its_absolute_end
select session_id from access.sessions where expires_at > absolute_expires_at or created_at > absolute_expires_at;

-- nobody_has_a_role_that_grants_nothing
select player_id from access.staff where not roles <@ array['moderator', 'support', 'economy', 'admin'];

-- no_failure_is_counted_past_the_lock
select account from access.failures where cardinality(failed_at) >= 10;

-- passwords_are_hashed_as_we_hash
select player_id from access.credentials where password_hash not like 'v1$%$2b$%';
