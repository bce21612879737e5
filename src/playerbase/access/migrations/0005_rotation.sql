-- What a refresh changes stands in no index any more, so that the new version of its row finds room beside the old one
-- and no index is touched (HOT): cookies are found by a column of their own, and what is dead by a walk along the keys.
alter table access.sessions add column cookie_hash bytea;
update access.sessions set cookie_hash = current_hash where kind = 'browser';
alter table access.sessions add check ((cookie_hash is null) = (kind = 'player'));
create unique index on access.sessions (cookie_hash) where cookie_hash is not null;
drop index access.sessions_current_hash_idx;
drop index access.sessions_expires_at_idx;
alter table access.sessions set (fillfactor = 80);

-- Every key so far was made with 3072 bits.
alter table access.signing_keys add column bits int not null default 3072;
alter table access.signing_keys alter column bits drop default;
