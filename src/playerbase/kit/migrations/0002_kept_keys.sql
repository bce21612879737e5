-- Keys of former secrets that cannot be done without: what they made was no sealing, so it cannot be made anew.
create table kit.kept_keys (
    label      text not null,
    name       bytea not null,     -- a hash of the key, to tell two apart
    key_sealed bytea not null,
    kept_at    timestamptz not null,
    primary key (label, name)
);
