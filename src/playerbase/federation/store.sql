-- add_state
insert into federation.states (state_hash, provider, browser_hash, verifier_sealed, return_path, made_at, expires_at)
values (:state_hash, :provider, :browser_hash, :verifier_sealed, :return_path, :now, :expires_at);

-- take_state
-- Gone with the reading: of two who bring the same one only one finds it. Another provider's, another browser's and an
-- old one are left where they are.
delete from federation.states
where state_hash = :state_hash and provider = :provider and browser_hash = :browser_hash and expires_at > :now
returning verifier_sealed, return_path;

-- is_used
select exists (select from federation.used where hash = :hash and expires_at > :now);

-- use
-- No row if somebody was faster. What has lapsed but is not forgotten yet may be used again.
insert into federation.used as old (hash, expires_at)
values (:hash, :expires_at)
on conflict (hash) do update set expires_at = excluded.expires_at where old.expires_at <= :now
returning hash;

-- forget_states
delete from federation.states
where state_hash in (
    select state_hash from federation.states where expires_at <= :now limit :count for update skip locked
)
returning state_hash;

-- forget_used
delete from federation.used
where hash in (select hash from federation.used where expires_at <= :now limit :count for update skip locked)
returning hash;
