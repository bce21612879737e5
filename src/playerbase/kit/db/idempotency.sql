-- take_turns
-- Takes each key for the rest of this transaction; whoever runs meanwhile under the same key is told to come back, not
-- made to wait. In a statement of its own, because what a statement sees may be older than the locks it takes.
select pg_try_advisory_xact_lock(hashtextextended(scope || ' ' || key, 0))
from unnest(:keys.scope::text[], :keys.key::text[]) with ordinality as keys(scope, key, position)
order by position;

-- recall
-- What was answered before. No row for a key that is free.
select asked.position::int - 1, kept.fingerprint, kept.status, kept.body
from unnest(:keys.scope::text[], :keys.key::text[]) with ordinality as asked(scope, key, position)
    join kit.idempotency as kept using (scope, key);

-- write_kept
insert into kit.idempotency (scope, key, fingerprint, status, body, kept_at)
select scope, key, fingerprint, status, body, :now
from unnest(:keys.scope::text[], :keys.key::text[], :keys.fingerprint::bytea[], :kept.status::int[], :kept.body::bytea[])
    as kept(scope, key, fingerprint, status, body);

-- forget_kept
-- In slices, so that no transaction grows long.
delete from kit.idempotency
where (scope, key) in (select scope, key from kit.idempotency where kept_at < :before limit :count)
returning scope;
