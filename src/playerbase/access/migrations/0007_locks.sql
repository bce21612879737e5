-- What staff sees of an account that is locked: whose it is where that was known, what of it is locked, how many wrong
-- passwords there were and from how many places. Not a foreign key: a check that is made for known players alone would
-- tell by its time that somebody has an address.
alter table access.failures
    add column player_id uuid,
    add column scope     text not null default 'address' check (scope in ('address', 'device', 'own', 'code')),
    add column failed    int not null default 0,          -- in this window, and since it was locked
    add column sources   bytea[] not null default '{}';   -- keyed stand-ins of address and program, a few dozen at most
create index on access.failures (locked_until, account) where locked_until is not null;
create index on access.failures (player_id) where player_id is not null;
