-- settled_already
select distinct match_id from ladder.moves where match_id = any(:match_ids);

-- moves_of_match
select match_id, player_id, opponent_id, score, before, after, settled_at
from ladder.moves
where match_id = :match_id and voided_at is null
order by player_id;

-- lock_ratings
-- In one order, so that two transactions with the same players cannot deadlock.
select player_id, rating, peak, played, won, drawn, lost, reached_at
from ladder.ratings
where game = :game and player_id = any(:player_ids)
order by player_id
for update;

-- save_ratings
insert into ladder.ratings as old (game, player_id, rating, peak, played, won, drawn, lost, reached_at)
select :game, player_id, rating, peak, played, won, drawn, lost, reached_at
from unnest(
    :ratings.player_id::uuid[], :ratings.rating::int[], :ratings.peak::int[], :ratings.played::int[],
    :ratings.won::int[], :ratings.drawn::int[], :ratings.lost::int[], :ratings.reached_at::timestamptz[]
) as new(player_id, rating, peak, played, won, drawn, lost, reached_at)
on conflict (game, player_id) do update
set rating = excluded.rating, peak = excluded.peak, played = excluded.played, won = excluded.won,
    drawn = excluded.drawn, lost = excluded.lost, reached_at = excluded.reached_at;

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
insert into ladder.moves (match_id, player_id, opponent_id, game, score, before, after, settled_at)
select match_id, player_id, opponent_id, :game, score, before, after, settled_at
from unnest(
    :moves.match_id::uuid[], :moves.player_id::uuid[], :moves.opponent_id::uuid[], :moves.score::real[],
    :moves.before::int[], :moves.after::int[], :moves.settled_at::timestamptz[]
) as move(match_id, player_id, opponent_id, score, before, after, settled_at);

-- void_moves
update ladder.moves set voided_at = :now where match_id = :match_id;

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

-- turn_version
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
select player_id, rating, peak, played, won, drawn, lost, reached_at
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

-- moves_of
-- Latest first.
select match_id, player_id, opponent_id, score, before, after, settled_at
from ladder.moves
where player_id = :player_id and game = :game and (settled_at, match_id) < (:before_at, :before_id)
order by settled_at desc, match_id desc
limit :count;
