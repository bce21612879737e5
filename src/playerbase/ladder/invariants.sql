-- counts_are_the_ratings_counted
select game, rating, counts.players, held.players
from ladder.counts as counts
    full join (select game, rating, count(*) as players from ladder.ratings group by game, rating) as held
        using (game, rating)
where coalesce(counts.players, 0) <> coalesce(held.players, 0);

-- played_is_the_moves_counted
select ratings.game, ratings.player_id, ratings.played, count(moves.match_id)
from ladder.ratings as ratings
    left join ladder.moves as moves
        on moves.game = ratings.game and moves.player_id = ratings.player_id and moves.voided_at is null
group by ratings.game, ratings.player_id, ratings.played
having ratings.played <> count(moves.match_id);

-- every_settled_match_moved_two
select match_id from ladder.moves group by match_id having count(*) <> 2;

-- regions_are_the_ratings_counted
select game, region, rating, counts.players, held.players
from ladder.region_counts as counts
    full join (
        select game, region, rating, count(*) as players from ladder.ratings where region is not null
        group by game, region, rating
    ) as held using (game, region, rating)
where coalesce(counts.players, 0) <> coalesce(held.players, 0);

-- an_archive_is_whole
-- Everybody once, in ranks without a gap; where ratings were reset, as many as were counted.
select close.season_id
from ladder.closes as close left join ladder.archive as archive using (season_id)
where close.archived_at is not null
group by close.season_id
having count(archive.rank) <> close.players or coalesce(max(archive.rank), 0) <> close.players
    or count(archive.reset_at) <> close.done;
