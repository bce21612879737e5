-- settled_already
select distinct match_id from ladder.moves where match_id = any(:match_ids);

-- moves_of_matches
select match_id, player_id, opponent_id, score, before, after, settled_at, played_at
from ladder.moves
where match_id = any(:match_ids) and voided_at is null
order by match_id, player_id;

-- lock_ratings
-- In one order, so that two transactions with the same players cannot deadlock.
select player_id, rating, peak, played, won, drawn, lost, reached_at, region
from ladder.ratings
where game = :game and player_id = any(:player_ids)
order by player_id
for update;

-- save_ratings
insert into ladder.ratings as old (game, player_id, rating, peak, played, won, drawn, lost, reached_at, region)
select :game, player_id, rating, peak, played, won, drawn, lost, reached_at, region
from unnest(
    :ratings.player_id::uuid[], :ratings.rating::int[], :ratings.peak::int[], :ratings.played::int[],
    :ratings.won::int[], :ratings.drawn::int[], :ratings.lost::int[], :ratings.reached_at::timestamptz[],
    :ratings.region::text[]
) as new(player_id, rating, peak, played, won, drawn, lost, reached_at, region)
on conflict (game, player_id) do update
set rating = excluded.rating, peak = excluded.peak, played = excluded.played, won = excluded.won,
    drawn = excluded.drawn, lost = excluded.lost, reached_at = excluded.reached_at,
    region = excluded.region;

-- heights
-- The highest rating each reached by what still counts.
select player_id, max(after)
from ladder.moves
where game = :game and player_id = any(:player_ids) and voided_at is null
group by player_id;

-- leave
-- Who has nothing left that counts stands on no ladder.
delete from ladder.ratings where game = :game and player_id = any(:player_ids);

-- note_moves
insert into ladder.moves (match_id, player_id, opponent_id, game, score, before, after, settled_at, played_at)
select match_id, player_id, opponent_id, :game, score, before, after, settled_at, played_at
from unnest(
    :moves.match_id::uuid[], :moves.player_id::uuid[], :moves.opponent_id::uuid[], :moves.score::real[],
    :moves.before::int[], :moves.after::int[], :moves.settled_at::timestamptz[], :moves.played_at::timestamptz[]
) as move(match_id, player_id, opponent_id, score, before, after, settled_at, played_at);

-- void_moves
update ladder.moves set voided_at = :now where match_id = any(:match_ids);

-- shift_counts
-- How many players hold each rating: what makes a rank a sum of at most 2,901 numbers, and of who holds the same one.
with shift as (
    select rating, change from unnest(:ratings::int[], :changes::int[]) as shift(rating, change)
), moved as (
    update ladder.counts as old
    set players = old.players + shift.change
    from shift
    where old.game = :game and old.rating = shift.rating
    returning old.rating
)
insert into ladder.counts (game, rating, players)
select :game, rating, change from shift where rating not in (select rating from moved);

-- shift_region_counts
with shift as (
    select region, rating, change
    from unnest(:regions::text[], :ratings::int[], :changes::int[]) as shift(region, rating, change)
), moved as (
    update ladder.region_counts as old
    set players = old.players + shift.change
    from shift
    where old.game = :game and old.region = shift.region and old.rating = shift.rating
    returning old.region, old.rating
)
insert into ladder.region_counts (game, region, rating, players)
select :game, region, rating, change from shift where (region, rating) not in (select region, rating from moved);

-- turn_version
-- First of all: whoever changes a game's ladder has it alone from here on.
insert into ladder.versions as old (game, version) values (:game, 1)
on conflict (game) do update set version = old.version + 1;

-- versions_of
select game, version from ladder.versions where game = any(:games);

-- top_places
select player_id, rating, played, reached_at
from ladder.ratings
where game = :game
order by rating desc, reached_at, player_id
limit :count;

-- places_above
-- Nearest first.
select player_id, rating, played, reached_at
from ladder.ratings
where game = :game and (rating > :rating or rating = :rating and (reached_at, player_id) < (:reached_at, :player_id))
order by rating, reached_at desc, player_id desc
limit :count;

-- places_below
select player_id, rating, played, reached_at
from ladder.ratings
where game = :game and (rating < :rating or rating = :rating and (reached_at, player_id) > (:reached_at, :player_id))
order by rating desc, reached_at, player_id
limit :count;

-- rating_of
select player_id, rating, peak, played, won, drawn, lost, reached_at, region
from ladder.ratings
where game = :game and player_id = :player_id;

-- count_above
-- Everyone with a higher rating, and who reached the same one earlier.
select (
    coalesce((select sum(players) from ladder.counts where game = :game and rating > :rating), 0)
    + (select count(*) from ladder.ratings
       where game = :game and rating = :rating and (reached_at, player_id) < (:reached_at, :player_id))
)::int;

-- distribution
select rating, players from ladder.counts where game = :game and players > 0 order by rating;

-- day_ends
-- The rating after the last match of each day, by when matches ended; what a void took back counts no more. A match is
-- settled after it ended, give or take what clocks differ, so the index leads to the first of them.
select distinct on (day) day, after
from (
    select date_trunc('day', coalesce(played_at, settled_at), 'UTC') as day, after, settled_at, match_id
    from ladder.moves
    where player_id = :player_id and game = :game and settled_at >= :since::timestamptz - interval '10 minutes'
        and coalesce(played_at, settled_at) >= :since and voided_at is null
) as moves
order by day, settled_at desc, match_id desc;

-- moves_of
-- Latest first.
select match_id, player_id, opponent_id, score, before, after, settled_at, played_at
from ladder.moves
where player_id = :player_id and game = :game and (settled_at, match_id) < (:before_at, :before_id)
order by settled_at desc, match_id desc
limit :count;


-- region_top
select player_id, rating, played, reached_at
from ladder.ratings
where game = :game and region = :region
order by rating desc, reached_at, player_id
limit :count;

-- region_above
-- Nearest first.
select player_id, rating, played, reached_at
from ladder.ratings
where game = :game and region = :region
    and (rating > :rating or rating = :rating and (reached_at, player_id) < (:reached_at, :player_id))
order by rating, reached_at desc, player_id desc
limit :count;

-- region_below
select player_id, rating, played, reached_at
from ladder.ratings
where game = :game and region = :region
    and (rating < :rating or rating = :rating and (reached_at, player_id) > (:reached_at, :player_id))
order by rating desc, reached_at, player_id
limit :count;

-- region_count_above
select (
    coalesce((select sum(players) from ladder.region_counts where game = :game and region = :region and rating > :rating), 0)
    + (select count(*) from ladder.ratings
       where game = :game and region = :region and rating = :rating and (reached_at, player_id) < (:reached_at, :player_id))
)::int;

-- region_sizes
select region, sum(players)::int from ladder.region_counts where game = :game and players > 0 group by region order by region;

-- resets_since
select player_id, reset, reset_factor, reset_at
from ladder.archive as archive join ladder.closes as close using (season_id)
where archive.player_id = any(:player_ids) and archive.game = :game and reset_at > :since;

-- begin_close
insert into ladder.closes (season_id, game, number, name, ends_at, reset, reset_factor)
values (
    :close.season_id, :close.game, :close.number, :close.name, :close.ends_at, :close.reset, :close.reset_factor
)
on conflict (season_id) do nothing
returning true;

-- close_of
select season_id, game, number, name, ends_at, reset, reset_factor, players, done, after, archived_at, finished_at
from ladder.closes
where game = :game and number = :number;

-- closes_of
-- Latest first, of those whose ranks are kept.
select season_id, game, number, name, ends_at, reset, reset_factor, players, done, after, archived_at, finished_at
from ladder.closes
where game = :game and archived_at is not null
order by number desc
limit :count;

-- unfinished
select season_id from ladder.closes where finished_at is null order by ends_at, season_id;

-- lock_close
select season_id, game, number, name, ends_at, reset, reset_factor, players, done, after, archived_at, finished_at
from ladder.closes
where season_id = :season_id
for update;

-- archive
-- Everybody in one statement, so in one view of the ladder. A match that ended after the season did counts in no rank of
-- it, though it may have been rated by now: what such matches did is left out.
with standing as (
    select player_id, region, peak, played, won, drawn, lost, reached_at,
        least(greatest(rating - coalesce(late.points, 0), 100), 3000) as rating
    from ladder.ratings
        left join lateral (
            select sum(after - before)::int as points
            from ladder.moves
            where moves.player_id = ratings.player_id and moves.game = ratings.game
                and settled_at >= :ends_at::timestamptz - interval '10 minutes' and played_at >= :ends_at
                and voided_at is null
        ) as late on true
    where game = :game
), archived as (
    insert into ladder.archive (
        season_id, player_id, game, rank, region, rating, peak, played, won, drawn, lost
    )
    select :season_id, player_id, :game, row_number() over (order by rating desc, reached_at, player_id), region, rating,
        greatest(peak, rating), played, won, drawn, lost
    from standing
    returning 1
)
select count(*)::int from archived;

-- final_ratings
select player_id, rating from ladder.archive where season_id = :season_id and player_id = any(:player_ids);

-- note_archived
update ladder.closes set players = :players, archived_at = :now where season_id = :season_id;

-- next_to_reset
-- Those who were archived and are still there, in the order in which matches lock them.
select ratings.player_id, ratings.rating, ratings.region
from ladder.archive as archive
    join ladder.ratings as ratings on ratings.player_id = archive.player_id and ratings.game = archive.game
where archive.season_id = :season_id and archive.player_id > :after and ratings.game = :game
order by ratings.player_id
limit :count
for update of ratings;

-- reset_ratings
with fresh as (
    select player_id, rating from unnest(:player_ids::text::uuid[], :ratings::text::int[]) as fresh(player_id, rating)
), noted as (
    update ladder.archive as archive
    set rating_after = fresh.rating, reset_at = :now
    from fresh
    where archive.season_id = :season_id and archive.player_id = fresh.player_id
)
update ladder.ratings as old
set rating = fresh.rating, peak = greatest(old.peak, fresh.rating),
    reached_at = case when old.rating = fresh.rating then old.reached_at else :now end
from fresh
where old.game = :game and old.player_id = fresh.player_id;

-- note_reset
update ladder.closes set after = :after, done = done + :count where season_id = :season_id;

-- finish
update ladder.closes set finished_at = :now where season_id = :season_id and finished_at is null;

-- present
-- Of the head of a ladder only; what comes after it is not paged through.
select rank, player_id, region, rating, peak, played, won, drawn, lost, null::int
from (
    select row_number() over (order by rating desc, reached_at, player_id)::int as rank, player_id, region, rating, peak,
        played, won, drawn, lost
    from ladder.ratings
    where game = :game
    order by rating desc, reached_at, player_id
    limit :after::int + :count::int
) as head
where rank > :after
order by rank;

-- finals
select rank, player_id, region, rating, peak, played, won, drawn, lost, rating_after
from ladder.archive
where season_id = :season_id and rank > :after
order by rank
limit :count;

-- seasons_of
select close.number, close.name, close.ends_at, archive.rank, archive.rating
from ladder.archive as archive join ladder.closes as close using (season_id)
where archive.player_id = :player_id and archive.game = :game
order by close.number desc
limit :count;
