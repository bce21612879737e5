-- opened_since
-- The id bounds what is looked at, by the primary key, however many sessions there are.
select date_trunc('hour', created_at), count(*)::int
from access.sessions
where session_id >= :first_id and created_at >= :since and kind <> 'impersonation'
group by 1
order by 1;

-- one_key
select key_id, name, env, game, scopes, allow, created_by, created_at, expires_at, last_used_at, revoked_at, rotated_to
from access.api_keys
where key_id = :key_id;

-- expiring
-- Keys in use that end soon: whoever calls with one will be refused from then on.
select key_id, name, env, game, scopes, allow, created_by, created_at, expires_at, last_used_at, revoked_at, rotated_to
from access.api_keys
where revoked_at is null and rotated_to is null and expires_at > :now and expires_at < :until
order by expires_at
limit :count;
