create schema seasons;

-- The calendar of each game: spans that do not overlap, numbered in the order of time.
create table seasons.seasons (
    season_id      uuid primary key,
    game           text not null,
    number         int not null check (number between 1 and 100000),
    name           text not null check (length(name) between 1 and 100),
    theme          text not null default '' check (length(theme) <= 100),
    starts_at      timestamptz not null,
    ends_at        timestamptz not null,                -- the first moment that is not in it
    state          text not null check (state in ('planned', 'active', 'closing', 'closed')),
    reset          text not null check (reset in ('none', 'soft', 'hard')), -- of the ladder, at the end
    reset_factor   float8 not null check (reset_factor between 0 and 1),    -- how much of a lead a soft reset leaves
    settle_seconds int not null check (settle_seconds >= 0),                -- after the end, for reports under way
    gap_seconds    int not null check (gap_seconds >= 0),                   -- before the next may begin
    version        int not null default 1,
    started_at     timestamptz,
    fenced_at      timestamptz,
    closed_at      timestamptz,
    unique (game, number),
    check (ends_at > starts_at),
    check ((state = 'planned') = (started_at is null)),
    check ((state in ('closing', 'closed')) = (fenced_at is not null)),
    check ((state = 'closed') = (closed_at is not null))
);
create index on seasons.seasons (game, starts_at);
create index on seasons.seasons (state) where state <> 'closed';

-- Who has something to do when a season closes, as it was when the close began, and how far they are.
create table seasons.parts (
    season_id   uuid not null references seasons.seasons,
    part        text not null check (part ~ '^[a-z][a-z0-9_]{1,31}$'),
    done        bigint not null default 0 check (done >= 0),
    total       bigint not null default 0 check (total >= 0),   -- zero until it has counted
    told_at     timestamptz,                                    -- when it last said how far it is
    finished_at timestamptz,
    primary key (season_id, part)
);

create table seasons.settings (
    is_one         bool primary key default true check (is_one),
    seasons_max    int not null check (seasons_max between 1 and 1000),
    length_days    int not null check (length_days between 1 and 3660),
    reset          text not null check (reset in ('none', 'soft', 'hard')),
    reset_factor   float8 not null check (reset_factor between 0 and 1),
    settle_seconds int not null check (settle_seconds between 0 and 86400),
    gap_seconds    int not null check (gap_seconds between 0 and 31536000),
    late_seconds   int not null check (late_seconds between 1 and 604800)
);
-- Twelve weeks and three days between, as players know it from elsewhere; two minutes are more than a report takes.
insert into seasons.settings (seasons_max, length_days, reset, reset_factor, settle_seconds, gap_seconds, late_seconds)
values (500, 84, 'soft', 0.6, 120, 259200, 900);

-- Hold seasons against their fence, and read them behind that: each statement of a function has a view of its own, so
-- what is read is what was committed before the lock was given. Two numbers make the key, as kit.events uses keys of one.
create function seasons.hold(wanted uuid[]) returns setof seasons.seasons language plpgsql volatile as $$
begin
    perform pg_advisory_xact_lock_shared(20019, hashtext(season_id::text))
    from (select unnest(wanted) as season_id order by 1) as ordered;
    return query select * from seasons.seasons where season_id = any(wanted) order by season_id;
end
$$;
