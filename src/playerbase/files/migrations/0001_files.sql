create schema files;

-- A file from the wish to send it to its end. Owners are players, who are known above: no reference.
create table files.files (
    file_id      uuid primary key,
    owner_id     uuid not null,
    kind         text not null check (kind in ('avatar', 'banner')),
    state        text not null check (
        state in ('draft', 'uploaded', 'processing', 'ready', 'refused', 'replaced', 'removed')
    ),
    size         bigint not null check (size > 0),
    media        text not null,
    sha256       bytea not null check (length(sha256) = 32),
    fault        text,                 -- why it was refused, as a word
    made_at      timestamptz not null,
    changed_at   timestamptz not null, -- when it came into its state
    check ((state = 'refused') = (fault is not null))
);
create index on files.files (owner_id, file_id);
create index on files.files (state, changed_at);

-- What was made of a file: each lies under media/<file>/<width>.<type>.
create table files.variants (
    file_id uuid not null references files.files on delete cascade,
    width   int not null check (width > 0),
    height  int not null check (height > 0),
    media   text not null,
    size    bigint not null check (size > 0),
    primary key (file_id, width, media)
);

-- What an operator decides: one row, and without it the defaults.
create table files.settings (
    only_one          boolean primary key default true check (only_one),
    avatar_bytes_max  bigint not null check (avatar_bytes_max > 0),
    banner_bytes_max  bigint not null check (banner_bytes_max > 0),
    uploads_a_day     int not null check (uploads_a_day > 0),
    player_bytes_max  bigint not null check (player_bytes_max > 0),
    url_seconds       int not null check (url_seconds > 0),
    replaced_days     int not null check (replaced_days >= 0),
    abandoned_hours   int not null check (abandoned_hours > 0),
    pixels_max        bigint not null check (pixels_max > 0),
    frames_max        int not null check (frames_max > 0),
    changed_by        text not null,
    changed_at        timestamptz not null
);
