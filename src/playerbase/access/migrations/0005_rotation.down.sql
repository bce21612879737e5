alter table access.signing_keys drop bits;
alter table access.sessions reset (fillfactor);
create index on access.sessions (expires_at);
create unique index on access.sessions (current_hash) where kind = 'browser';
alter table access.sessions drop cookie_hash;
