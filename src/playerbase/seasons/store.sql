-- lock_calendar
-- Whoever changes a game's calendar does so alone. Two numbers make the key, as kit.events uses keys of one.
select pg_advisory_xact_lock(20018, hashtext(:game));

-- hold
-- Held against the fence to the end of the transaction, and read behind it.
select season_id, game, number, name, theme, starts_at, ends_at, state, reset, reset_factor, settle_seconds, gap_seconds,
    version, started_at, fenced_at, closed_at
from seasons.hold(:season_ids);

-- fence
-- Alone: after those who write, and before those who want to. A writer that is stuck must not stop all others.
with patience as materialized (select set_config('lock_timeout', '5s', true) as is_set)
select pg_advisory_xact_lock(20019, hashtext(:season_id::uuid::text)) from patience where is_set is not null;

-- season
select season_id, game, number, name, theme, starts_at, ends_at, state, reset, reset_factor, settle_seconds, gap_seconds,
    version, started_at, fenced_at, closed_at
from seasons.seasons where season_id = :season_id;

-- of_games
-- In the order of time; the latest, where there are more than are asked for.
select season_id, game, number, name, theme, starts_at, ends_at, state, reset, reset_factor, settle_seconds, gap_seconds,
    version, started_at, fenced_at, closed_at
from unnest(:games::text[]) as wanted(name_of_game) cross join lateral (
    select * from seasons.seasons where game = name_of_game order by starts_at desc limit :count
) as season
order by game, starts_at;

-- page
-- Latest first, of one game or all, in one state or any.
select season_id, game, number, name, theme, starts_at, ends_at, state, reset, reset_factor, settle_seconds, gap_seconds,
    version, started_at, fenced_at, closed_at
from seasons.seasons
where (:game::text is null or game = :game) and (:state::text is null or state = :state)
    and (starts_at, season_id) < (:before_at, :before_id)
order by starts_at desc, season_id desc
limit :count;

-- unfinished
-- The games in whose calendar something is left to happen.
select distinct game from seasons.seasons where state <> 'closed' order by game;

-- overdue
-- Seasons that ought to be closed: by as much as the settings bear, and no more.
select count(*)::int
from seasons.seasons as season cross join seasons.settings as bounds
where (state = 'closing' and fenced_at + make_interval(secs => bounds.late_seconds) <= :now)
    or (state = 'active' and ends_at + make_interval(secs => season.settle_seconds + bounds.late_seconds) <= :now);

-- add
insert into seasons.seasons (
    season_id, game, number, name, theme, starts_at, ends_at, state, reset, reset_factor, settle_seconds, gap_seconds,
    version, started_at, fenced_at, closed_at
)
values (
    :season.season_id, :season.game, :season.number, :season.name, :season.theme, :season.starts_at, :season.ends_at,
    :season.state, :season.reset, :season.reset_factor, :season.settle_seconds, :season.gap_seconds, :season.version,
    :season.started_at, :season.fenced_at, :season.closed_at
);

-- save
update seasons.seasons
set number = :season.number, name = :season.name, theme = :season.theme, starts_at = :season.starts_at,
    ends_at = :season.ends_at, state = :season.state, reset = :season.reset, reset_factor = :season.reset_factor,
    settle_seconds = :season.settle_seconds, gap_seconds = :season.gap_seconds, version = :season.version,
    started_at = :season.started_at, fenced_at = :season.fenced_at, closed_at = :season.closed_at
where season_id = :season.season_id;

-- add_parts
insert into seasons.parts (season_id, part) select :season_id, unnest(:parts::text[]);

-- parts
select season_id, part, done, total, told_at, finished_at
from seasons.parts where season_id = any(:season_ids) order by season_id, part;

-- note_part
-- What is finished stays as it was.
update seasons.parts set done = :done, total = :total, told_at = :now
where season_id = :season_id and part = :part and finished_at is null;

-- finish_part
update seasons.parts set finished_at = :now, told_at = :now, done = greatest(done, total)
where season_id = :season_id and part = :part and finished_at is null;

-- settings
select seasons_max, length_days, reset, reset_factor, settle_seconds, gap_seconds, late_seconds from seasons.settings;

-- lock_settings
select seasons_max, length_days, reset, reset_factor, settle_seconds, gap_seconds, late_seconds
from seasons.settings for no key update;

-- save_settings
update seasons.settings
set seasons_max = :settings.seasons_max, length_days = :settings.length_days, reset = :settings.reset,
    reset_factor = :settings.reset_factor, settle_seconds = :settings.settle_seconds, gap_seconds = :settings.gap_seconds,
    late_seconds = :settings.late_seconds;
