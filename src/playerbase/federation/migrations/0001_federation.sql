create schema federation;

-- A browser on its way to a provider and back. It is known by hashes alone, and used once.
create table federation.states (
    state_hash      bytea primary key check (length(state_hash) = 32),
    provider        text not null,
    browser_hash    bytea not null check (length(browser_hash) = 32),
    verifier_sealed bytea not null,
    return_path     text not null check (return_path like '/%' and return_path not like '//%'),
    made_at         timestamptz not null,
    expires_at      timestamptz not null,
    check (expires_at <= made_at + interval '10 minutes')
);
create index on federation.states (expires_at);

-- Tickets and nonces that have let somebody in: they do so once.
create table federation.used (
    hash       bytea primary key check (length(hash) = 32),
    expires_at timestamptz not null
);
create index on federation.used (expires_at);
