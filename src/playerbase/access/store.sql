-- add_credential
-- No row if the address is taken.
insert into access.credentials (
    player_id, email_index, email_sealed, password_hash, is_given, confirm_first, verified_at, changed_at
)
values (:player_id, :email_index, :email_sealed, :password_hash, :is_given, :confirm_first, null, :now)
on conflict do nothing
returning player_id;

-- credential_of
-- By every stand-in the address has had: a rotation of the secret leaves older ones behind.
select player_id, password_hash, confirm_first and verified_at is null
from access.credentials
where email_index = any(:email_indexes::bytea[]);

-- save_password_hash
-- With a null it is the same password, hashed anew.
update access.credentials
set password_hash = :password_hash, is_given = coalesce(:is_given, is_given), changed_at = :now
where player_id = :player_id;

-- lock_failures
-- A statement of its own: having waited for who counts the tenth failure, the next one sees what they wrote.
select account, locked_until from access.failures where account = :account for update;

-- count_failure
-- A rolling window: those still in it and this one. At the limit the account is locked, once; while it is,
-- attempts prolong nothing and are only counted. Returns whether this was the attempt that locked it.
insert into access.failures as old (account, failed_at, seen_at, player_id, scope, failed, sources)
values (
    :guess.account, array[:now::timestamptz], :now, :guess.player_id, :guess.scope, 1,
    array_remove(array[:guess.source::bytea], null)
)
on conflict (account) do update set
    failed_at = case
        when old.locked_until > :now then old.failed_at
        when (select count(*) from unnest(old.failed_at) as at where at > :since) >= :most - 1 then '{}'
        else array(select at from unnest(old.failed_at) as at where at > :since) || :now::timestamptz
    end,
    locked_until = case
        when old.locked_until > :now then old.locked_until
        when (select count(*) from unnest(old.failed_at) as at where at > :since) >= :most - 1 then :until
    end,
    seen_at = :now,
    player_id = coalesce(excluded.player_id, old.player_id),
    failed = case
        when old.locked_until > :now then least(old.failed + 1, 999999)
        else (select count(*)::int from unnest(old.failed_at) as at where at > :since) + 1
    end,
    sources = case
        when old.locked_until > :now or old.failed_at[cardinality(old.failed_at)] > :since then
            case
                when old.sources @> excluded.sources or cardinality(old.sources) >= :sources_most then old.sources
                else old.sources || excluded.sources
            end
        else excluded.sources
    end
returning coalesce(locked_until = :until, false);

-- locks
-- At present, those that last longest first. What is locked meanwhile comes before them all.
select account, player_id, scope, failed, cardinality(sources), locked_until, seen_at
from access.failures
where locked_until > :now
    and (:before_until::timestamptz is null or (locked_until, account) < (:before_until, :before_account::bytea))
order by locked_until desc, account desc
limit :count;

-- one_lock
select account, player_id, scope, failed, cardinality(sources), locked_until, seen_at
from access.failures
where account = :account and locked_until > :now;

-- locks_of
select account, player_id, scope, failed, cardinality(sources), locked_until, seen_at
from access.failures
where player_id = :player_id and locked_until > :now
order by locked_until desc, account desc
limit :count;

-- lift_lock
-- As when its time is over: the failures of the window went when it was locked, and the next begin another.
update access.failures set locked_until = null, failed_at = '{}', failed = 0, sources = '{}' where account = :account;

-- unlock
delete from access.failures where account = :account;

-- forget_failures
delete from access.failures
where account in (
    select account from access.failures
    where seen_at < :before and coalesce(locked_until, seen_at) < :before
    limit :count
    for update skip locked
)
returning account;

-- own_credential
select password_hash, email_sealed, verified_at is not null from access.credentials where player_id = :player_id;

-- lock_credential
select password_hash, email_sealed, verified_at is not null
from access.credentials
where player_id = :player_id
for update;

-- verify_email
-- No row if it was verified before.
update access.credentials
set verified_at = :now
where player_id = :player_id and verified_at is null
returning player_id;

-- change_email
update access.credentials
set email_index = :email_index, email_sealed = :email_sealed, verified_at = :now, changed_at = :now
where player_id = :player_id;

-- put_one_time
-- The newest of a purpose ends those before it, whatever the order in which they come here. No row for one that is
-- not newer: one older than what stands, or this very one again.
insert into access.one_time as old (
    token_hash, purpose, subject, player_id, address_sealed, bound_to, made_at, expires_at
)
values (
    :fresh.token_hash, :fresh.purpose, :fresh.subject, :fresh.player_id, :fresh.address_sealed, :fresh.bound_to,
    :fresh.made_at, :fresh.expires_at
)
on conflict (purpose, subject) do update
set token_hash = excluded.token_hash, player_id = excluded.player_id, address_sealed = excluded.address_sealed,
    bound_to = excluded.bound_to, made_at = excluded.made_at, expires_at = excluded.expires_at, tries = 0, used_at = null
where old.made_at < excluded.made_at
returning true;

-- one_time
-- What a token would do, without using it up.
select player_id, address_sealed, bound_to
from access.one_time
where token_hash = :token_hash and purpose = :purpose and used_at is null and expires_at > :now;

-- take_one_time
-- Of many who bring the same token at once one gets the row.
update access.one_time
set used_at = :now
where token_hash = :token_hash and purpose = :purpose and used_at is null and expires_at > :now
returning player_id, address_sealed, bound_to;

-- try_code
-- Counted and used up in one statement, so that of many tries at once five are heard.
update access.one_time
set tries = tries + 1, used_at = case when token_hash = :token_hash then :now::timestamptz end
where purpose = 'code' and subject = :subject and used_at is null and expires_at > :now and tries < :most
returning player_id, used_at is not null;

-- void_one_time
-- The rows stay: without them a letter that is tried again would bring its secret back to life.
update access.one_time set used_at = :now where player_id = :player_id and used_at is null;

-- forget_one_time
delete from access.one_time
where token_hash in (select token_hash from access.one_time where expires_at < :before limit :count for update skip locked)
returning token_hash;

-- add_known_device
insert into access.known_devices (token_hash, player_id, made_at, used_at, expires_at)
values (:token_hash, :player_id, :now, :now, :expires_at);

-- is_known_device
select exists (
    select from access.known_devices
    where token_hash = :token_hash and player_id = :player_id and expires_at > :now
);

-- has_known_devices
select exists (select from access.known_devices where player_id = :player_id and expires_at > :now);

-- touch_known_device
-- No row if it was forgotten meanwhile.
update access.known_devices
set used_at = :now, expires_at = :expires_at
where token_hash = :token_hash and player_id = :player_id
returning true;

-- keep_known_devices
-- Those used last stay.
delete from access.known_devices
where token_hash in (
    select token_hash from access.known_devices where player_id = :player_id order by used_at desc, token_hash offset :most
);

-- drop_known_devices
delete from access.known_devices where player_id = :player_id;

-- forget_known_devices
delete from access.known_devices
where token_hash in (
    select token_hash from access.known_devices where expires_at < :before limit :count for update skip locked
)
returning token_hash;

-- add_sessions
insert into access.sessions (
    session_id, player_id, kind, method, client_id, device, current_hash, cookie_hash,
    rotated_at, created_at, seen_at, expires_at, absolute_expires_at, authenticated_at, amr
)
select session_id, player_id, kind, method, client_id, device, current_hash,
    case when kind <> 'player' then current_hash end, :now, :now, :now,
    expires_at, absolute_expires_at, authenticated_at, string_to_array(amr, ' ')
from unnest(
    :sessions.session_id::uuid[], :sessions.player_id::uuid[], :sessions.kind::text::text[],
    :sessions.method::text::text[], :sessions.client_id::text::text[], :sessions.device::text::text[],
    :sessions.current_hash::text::bytea[], :sessions.expires_at::text::timestamptz[],
    :sessions.absolute_expires_at::text::timestamptz[], :sessions.authenticated_at::text::timestamptz[],
    :sessions.amr::text::text[]
) as fresh(
    session_id, player_id, kind, method, client_id, device, current_hash, expires_at, absolute_expires_at,
    authenticated_at, amr
);

-- lock_sessions
-- In one order, so that two batches cannot wait for each other.
select session_id, player_id, method, client_id, current_hash, rotated_at, expires_at, absolute_expires_at, revoked_at, amr
from access.sessions
where session_id = any((select :session_ids::uuid[])::uuid[]) and kind = 'player'
order by session_id
for no key update;

-- rotate
update access.sessions as old
set current_hash = new.current_hash, rotated_at = :now, seen_at = :now,
    expires_at = least(:expires_at, absolute_expires_at)
from unnest(:session_ids::uuid[], :current_hashes::text::bytea[]) as new(session_id, current_hash)
where old.session_id = new.session_id;

-- standings
-- The one statement of every request. Who signed in otherwise than by password is a player and nothing more:
-- a game server's word or a device's id must not open the console. Roles are withheld where a second factor is
-- demanded of staff and this session has not shown one, and where their password was made for them and is to be theirs.
select sessions.session_id, staff.roles,
    case
        when staff.roles is null then null
        when :must_choose and (
            select is_given from access.credentials where credentials.player_id = staff.player_id
        ) then 'password'
        when not sessions.amr @> '{mfa}' and 'required' = coalesce(
            (select value from access.policies where name = 'staff_second_factor'), :by_default
        ) then 'second_factor'
    end
from access.sessions
    left join access.staff on staff.player_id = sessions.player_id and sessions.method = 'password'
where sessions.session_id = any(:session_ids::uuid[]) and sessions.revoked_at is null;

-- browsing
select sessions.cookie_hash, sessions.session_id, sessions.player_id, sessions.seen_at, sessions.expires_at, staff.roles,
    case
        when staff.roles is null then null
        when :must_choose and (
            select is_given from access.credentials where credentials.player_id = staff.player_id
        ) then 'password'
        when not sessions.amr @> '{mfa}' and 'required' = coalesce(
            (select value from access.policies where name = 'staff_second_factor'), :by_default
        ) then 'second_factor'
    end
from access.sessions
    left join access.staff on staff.player_id = sessions.player_id and sessions.method = 'password'
where sessions.cookie_hash = any(:hashes::bytea[]) and sessions.kind = 'browser' and sessions.revoked_at is null;

-- touch_browsing
update access.sessions as old
set seen_at = :now, expires_at = least(:until, absolute_expires_at)
from (
    select session_id from access.sessions
    where session_id = any(:session_ids::uuid[]) and revoked_at is null
    order by session_id
    for no key update
) as due
where old.session_id = due.session_id;

-- live_sessions
-- Who sees the portal as this player is no device of theirs.
select session_id, kind, method, device, created_at, seen_at, expires_at
from access.sessions
where player_id = :player_id and kind <> 'impersonation' and revoked_at is null and expires_at > :now
    and (:before::uuid is null or session_id < :before)
order by session_id desc
limit :count;

-- revoke_session
-- No row if it is not this player's, or no longer alive.
update access.sessions
set revoked_at = :now, revoked_why = :why
where session_id = :session_id and player_id = :player_id and revoked_at is null and expires_at > :now
returning session_id;

-- revoke_sessions
-- Who sees the portal as this player is out too, and not counted as a device. As everywhere here, what had ended by itself
-- is not ended once more. Locked in the order in which refreshes lock them.
with ended as (
    update access.sessions as old
    set revoked_at = :now, revoked_why = :why
    from (
        select session_id from access.sessions
        where player_id = :player_id and revoked_at is null and expires_at > :now
            and session_id is distinct from :but
        order by session_id
        for no key update
    ) as due
    where old.session_id = due.session_id
    returning old.session_id, old.kind
)
select session_id from ended where kind <> 'impersonation';

-- revoke_sessions_by
update access.sessions as old
set revoked_at = :now, revoked_why = :why
from (
    select session_id from access.sessions
    where player_id = :player_id and method = :method and revoked_at is null and expires_at > :now
        and session_id is distinct from :but
    order by session_id
    for no key update
) as due
where old.session_id = due.session_id
returning old.session_id;

-- revoke_sessions_of_game
-- Those that the servers of one game opened.
update access.sessions as old
set revoked_at = :now, revoked_why = :why
from (
    select session_id from access.sessions
    where player_id = :player_id and revoked_at is null and expires_at > :now and client_id in (
        select key_id from access.api_keys where game = :game
        union all
        select client_id from access.clients where game = :game
    )
    order by session_id
    for no key update
) as due
where old.session_id = due.session_id
returning old.session_id;

-- forget_sessions
-- Long dead ones, of so many sessions after one: until then a replayed token is still told apart from an unknown one.
-- A walk along the keys, a slice at a time, because an index by their ends would have to be written at every refresh.
-- The row says where the slice ended; none, and the walk is over.
with slice as materialized (
    select session_id, expires_at < :before as is_dead
    from access.sessions
    where session_id > :after
    order by session_id
    limit :count
), gone as (
    delete from access.sessions
    where session_id in (select session_id from slice where is_dead) and expires_at < :before
)
select session_id from slice order by session_id desc limit 1;

-- add_devices
insert into access.devices (subject, secret_index)
select subject, secret_index
from unnest(:subjects::bytea[], :secret_indexes::bytea[]) as fresh(subject, secret_index)
order by subject
on conflict do nothing;

-- devices
select subject, secret_index from access.devices where subject = any(:subjects::bytea[]);

-- factor
select secret_sealed, pending_sealed, confirmed_at, last_step from access.factors where player_id = :player_id;

-- lock_factor
select secret_sealed, pending_sealed, confirmed_at, last_step
from access.factors
where player_id = :player_id
for update;

-- holders
-- Those of these players whose second factor is in force.
select player_id from access.factors where player_id = any(:player_ids::uuid[]) and confirmed_at is not null;

-- begin_factor
-- What is in force stays so until the new secret is confirmed.
insert into access.factors (player_id, pending_sealed, made_at)
values (:player_id, :pending_sealed, :now)
on conflict (player_id) do update set pending_sealed = excluded.pending_sealed, made_at = excluded.made_at;

-- confirm_factor
update access.factors
set secret_sealed = :secret_sealed, pending_sealed = null, confirmed_at = :now, last_step = :step
where player_id = :player_id;

-- use_step
-- No row if this step or a later one was used before, so that of many who bring one code one gets through.
update access.factors
set last_step = :step
where player_id = :player_id and last_step < :step and confirmed_at is not null
returning player_id;

-- drop_factor
-- No row if none was in force.
delete from access.factors where player_id = :player_id and confirmed_at is not null returning player_id;

-- add_recovery_codes
insert into access.recovery_codes (player_id, code_hash) select :player_id, unnest(:code_hashes::bytea[]);

-- drop_recovery_codes
delete from access.recovery_codes where player_id = :player_id;

-- burn_recovery_code
-- No row if it is none of theirs or was used.
update access.recovery_codes
set used_at = :now
where player_id = :player_id and code_hash = any(:code_hashes::bytea[]) and used_at is null
returning player_id;

-- recovery_codes_left
select count(*)::int from access.recovery_codes where player_id = :player_id and used_at is null;

-- add_challenge
insert into access.challenges (token_hash, player_id, purpose, opening, made_at, expires_at)
values (:token_hash, :player_id, :purpose, :opening, :now, :expires_at);

-- try_challenge
-- Counts the try, whatever comes of it. No row if it is over; who else tries waits here until this try has ended.
update access.challenges
set tries = tries + 1
where token_hash = :token_hash and purpose = :purpose
    and consumed_at is null and expires_at > :now and tries < :most
returning player_id, opening;

-- consume_challenge
update access.challenges set consumed_at = :now where token_hash = :token_hash;

-- forget_challenges
delete from access.challenges
where token_hash in (
    select token_hash from access.challenges where expires_at < :before limit :count for update skip locked
)
returning token_hash;

-- authenticated_at
select authenticated_at from access.sessions where session_id = :session_id and revoked_at is null;

-- prove_session
update access.sessions
set authenticated_at = :now, amr = array(select distinct unnest(amr || :amr::text[]) order by 1)
where session_id = :session_id and revoked_at is null;

-- unprove_sessions
-- A second factor that is gone proves nothing any more.
update access.sessions
set amr = array_remove(array_remove(array_remove(amr, 'mfa'), 'otp'), 'recovery')
where player_id = :player_id and revoked_at is null;

-- browser_session
select player_id, method, client_id, device, amr
from access.sessions
where session_id = :session_id and kind = 'browser' and revoked_at is null
for no key update;

-- policy
select value from access.policies where name = :name;

-- put_policy
insert into access.policies (name, value, changed_by, changed_at)
values (:name, :value, :changed_by, :now)
on conflict (name) do update
set value = excluded.value, changed_by = excluded.changed_by, changed_at = excluded.changed_at;

-- lock_signing_keys
select pg_advisory_xact_lock(hashtext('access.signing_keys'));

-- signing_keys
select kid, private_sealed, active_from, retire_at
from access.signing_keys
where retire_at is null or retire_at > :now
order by active_from desc
limit 16;

-- add_signing_key
insert into access.signing_keys (kid, private_sealed, bits, made_at, active_from, made_why)
values (:kid, :private_sealed, :bits, :now, :active_from, :why);

-- add_api_key
insert into access.api_keys (key_id, name, env, game, scopes, allow, secret_hash, created_by, created_at, expires_at)
values (
    :key.key_id, :key.name, :key.env, :key.game, :key.scopes, :key.allow,
    :secret_hash, :key.created_by, :key.created_at, :key.expires_at
);

-- key_rows
select key_id, game, scopes, secret_hash, allow, expires_at
from access.api_keys
where key_id = any(:key_ids::text[]) and revoked_at is null;

-- api_keys
select key_id, name, env, game, scopes, allow, created_by, created_at, expires_at, last_used_at, revoked_at, rotated_to
from access.api_keys
where (:before_at::timestamptz is null or (created_at, key_id) < (:before_at, :before_id::text))
    and (:game::text = '' or game = :game)
    and (:state::text = '' or :state = case
        when revoked_at is not null then 'revoked' when expires_at <= :now then 'expired' else 'active'
    end)
order by created_at desc, key_id desc
limit :count;

-- revoke_api_key
-- No row if there is none or it is revoked already.
update access.api_keys
set revoked_at = :now
where key_id = :key_id and revoked_at is null
returning
    key_id, name, env, game, scopes, allow, created_by, created_at, expires_at, last_used_at, revoked_at, rotated_to;

-- lock_api_key
-- Held until its successor stands: two who rotate it at once take turns, and the second sees the first one's.
select key_id, name, env, game, scopes, allow, created_by, created_at, expires_at, last_used_at, revoked_at, rotated_to
from access.api_keys
where key_id = :key_id
for no key update;

-- succeed_api_key
update access.api_keys
set rotated_to = :rotated_to, expires_at = least(expires_at, :expires_at)
where key_id = :key_id;

-- touch_api_keys
update access.api_keys as old
set last_used_at = :now
from (
    select key_id from access.api_keys
    where key_id = any(:key_ids::text[]) and (last_used_at is null or last_used_at < :before)
    order by key_id
    for no key update
) as due
where old.key_id = due.key_id;

-- lock_staff
-- Changes of staff take turns, so that the last two admins cannot dismiss each other.
select pg_advisory_xact_lock(hashtext('access.staff'));

-- member
select player_id, roles, granted_by, changed_at from access.staff where player_id = :player_id;

-- members
select player_id, roles, granted_by, changed_at from access.staff where player_id = any(:player_ids::uuid[]);

-- given_passwords
-- Those of these players whose password was made for them.
select player_id from access.credentials where player_id = any(:player_ids::uuid[]) and is_given;

-- has_other_admin
select exists (select from access.staff where 'admin' = any(roles) and player_id is distinct from :player_id);

-- staff
select player_id, roles, granted_by, changed_at
from access.staff
where (:after::uuid is null or player_id > :after) and (:role::text = '' or :role = any(roles))
order by player_id
limit :count;

-- put_staff
insert into access.staff (player_id, roles, granted_by, changed_at)
values (:player_id, :roles, :granted_by, :now)
on conflict (player_id) do update
set roles = excluded.roles, granted_by = excluded.granted_by, changed_at = excluded.changed_at;

-- drop_staff
delete from access.staff where player_id = :player_id;

-- add_client
insert into access.clients (
    client_id, name, game, scopes, allow, secret_hash, created_by, created_at, expires_at
)
values (
    :client.client_id, :client.name, :client.game, :client.scopes, :client.allow, :secret_hash,
    :client.created_by, :client.created_at, :client.expires_at
);

-- client_rows
select client_id, game, scopes, allow, secret_hash, former_hash, former_expires_at, expires_at
from access.clients
where client_id = any(:client_ids::text[]) and revoked_at is null;

-- one_client
select
    client_id, name, game, scopes, allow, created_by, created_at, rotated_at, former_expires_at, expires_at,
    last_used_at, revoked_at
from access.clients
where client_id = :client_id;

-- clients
select
    client_id, name, game, scopes, allow, created_by, created_at, rotated_at, former_expires_at, expires_at,
    last_used_at, revoked_at
from access.clients
where (:before_at::timestamptz is null or (created_at, client_id) < (:before_at, :before_id::text))
    and (:game::text = '' or game = :game)
    and (:state::text = '' or :state = case
        when revoked_at is not null then 'revoked' when expires_at <= :now then 'expired' else 'active'
    end)
order by created_at desc, client_id desc
limit :count;

-- rotate_client
-- The present secret becomes the former one. No row if there is none, or it has ended.
update access.clients
set former_hash = secret_hash, former_expires_at = :former_expires_at, secret_hash = :secret_hash, rotated_at = :now
where client_id = :client_id and revoked_at is null and (expires_at is null or expires_at > :now)
returning
    client_id, name, game, scopes, allow, created_by, created_at, rotated_at, former_expires_at, expires_at,
    last_used_at, revoked_at;

-- revoke_client
update access.clients
set revoked_at = :now
where client_id = :client_id and revoked_at is null
returning
    client_id, name, game, scopes, allow, created_by, created_at, rotated_at, former_expires_at, expires_at,
    last_used_at, revoked_at;

-- touch_clients
update access.clients as old
set last_used_at = :now
from (
    select client_id from access.clients
    where client_id = any(:client_ids::text[]) and (last_used_at is null or last_used_at < :before)
    order by client_id
    for no key update
) as due
where old.client_id = due.client_id;

-- signing_key_states
select kid, bits, made_at, made_why, active_from, retire_at
from access.signing_keys
order by active_from desc
limit 50;

-- retire_signing_keys
-- Those before the one that becomes active, one token's life after it does.
update access.signing_keys
set retire_at = :retire_at
where retire_at is null and kid <> :successor;

-- withdraw_signing_key
update access.signing_keys set retire_at = :now where kid = :kid;

-- keep_signing_key
update access.signing_keys set retire_at = null where kid = :kid;

-- activate_signing_key
update access.signing_keys set active_from = :now where kid = :kid;

-- forget_signing_keys
delete from access.signing_keys where retire_at < :before;

-- lock_address
-- Only while two secrets are in use: two processes that do not agree which is the present one would not meet otherwise.
select pg_advisory_xact_lock(hashtextextended(encode(:address, 'hex'), 0));

-- count_stale_credentials
select count(*)::int from access.credentials where substr(email_sealed, 1, length(:head::bytea)) <> :head;

-- stale_credentials
select player_id, email_index, email_sealed
from access.credentials
where player_id > :after and substr(email_sealed, 1, length(:head::bytea)) <> :head
order by player_id
limit :count
for no key update;

-- reseal_credentials
update access.credentials as old
set email_index = fresh.email_index, email_sealed = fresh.email_sealed
from unnest(:fresh.player_id::uuid[], :fresh.email_index::bytea[], :fresh.email_sealed::bytea[])
    as fresh(player_id, email_index, email_sealed)
where old.player_id = fresh.player_id;

-- stale_signing_keys
select kid, private_sealed from access.signing_keys
where substr(private_sealed, 1, length(:head::bytea)) <> :head
order by kid
limit 100
for update;

-- reseal_signing_key
update access.signing_keys set private_sealed = :private_sealed where kid = :kid;

-- rename_device
-- As the present secret stands in for it.
update access.devices set subject = :subject, secret_index = :secret_index where subject = :former;

-- stale_factors
-- Those that another secret sealed.
select player_id, secret_sealed, pending_sealed
from access.factors
where player_id > :after
    and (substr(secret_sealed, 1, length(:head::bytea)) <> :head or substr(pending_sealed, 1, length(:head::bytea)) <> :head)
order by player_id
limit :count
for update;

-- reseal_factor
update access.factors set secret_sealed = :secret_sealed, pending_sealed = :pending_sealed where player_id = :player_id;

-- lock_member
-- One thing at a time of each member of staff.
select player_id from access.staff where player_id = :player_id for no key update;

-- add_impersonation
insert into access.sessions (
    session_id, player_id, kind, method, client_id, device, current_hash, cookie_hash, rotated_at, created_at, seen_at,
    expires_at, absolute_expires_at, actor_id, opened_from, opened_why
)
values (
    :fresh.session_id, :fresh.player_id, 'impersonation', 'impersonation', 'playerbase', '', :fresh.current_hash,
    :fresh.current_hash, :now, :now, :now, :fresh.expires_at, :fresh.expires_at, :fresh.actor_id, :fresh.opened_from, :fresh.reason
);

-- impersonations
-- All that one lives by: that it was neither ended nor is past its end, that the session it was opened from lives and
-- has its roles, that one of these roles still permits it, and that the player does not work here by now.
select looks.session_id, looks.player_id, looks.actor_id, looks.opened_why, looks.created_at, looks.expires_at
from access.sessions as looks
    join access.sessions as own on own.session_id = looks.opened_from
    join access.staff on staff.player_id = looks.actor_id
where looks.kind = 'impersonation' and looks.end_noted_at is null
    and looks.revoked_at is null and looks.expires_at > :now
    and (:cookie_hash::bytea is null or looks.cookie_hash = :cookie_hash)
    and (:session_ids::uuid[] is null or looks.session_id = any(:session_ids))
    and (:player_id::uuid is null or looks.player_id = :player_id)
    and (:before::uuid is null or looks.session_id < :before)
    and own.player_id = looks.actor_id and own.kind = 'browser' and own.method = 'password'
    and own.revoked_at is null and own.expires_at > :now
    and (own.amr @> '{mfa}'
        or coalesce((select value from access.policies where name = 'staff_second_factor'), :by_default) <> 'required')
    and staff.roles && :roles::text[]
    and not exists (select from access.staff as colleague where colleague.player_id = looks.player_id)
order by looks.session_id desc
limit :count;

-- lock_impersonations
-- Of one member of staff, or one by its id, whose end is not written down yet.
select session_id, player_id, actor_id, expires_at, revoked_why
from access.sessions
where kind = 'impersonation' and end_noted_at is null
    and (:actor_id::uuid is null or actor_id = :actor_id)
    and (:session_id::uuid is null or session_id = :session_id)
order by session_id
limit :count
for no key update;

-- unnoted_impersonations
-- Of anybody; those that somebody is ending at this moment are left to them.
select session_id, player_id, actor_id, expires_at, revoked_why
from access.sessions
where kind = 'impersonation' and end_noted_at is null
order by session_id
limit :count
for no key update skip locked;

-- close_impersonations
update access.sessions as old
set revoked_at = coalesce(old.revoked_at, :now), revoked_why = coalesce(old.revoked_why, ended.why), end_noted_at = :now
from unnest(:session_ids::uuid[], :whys::text[]) as ended(session_id, why)
where old.session_id = ended.session_id;
