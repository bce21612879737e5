-- seasons_of_a_game_do_not_overlap
select one.season_id, other.season_id
from seasons.seasons as one
    join seasons.seasons as other
        on other.game = one.game and other.season_id <> one.season_id
        and other.starts_at < one.ends_at and one.starts_at < other.ends_at;

-- numbers_rise_with_time
select season_id from (
    select season_id, number, lag(number) over (partition by game order by starts_at, number) as before from seasons.seasons
) as ordered
where number <= before;

-- one_season_of_a_game_runs
select game from seasons.seasons where state in ('active', 'closing') group by game having count(*) > 1;

-- what_is_closed_is_done
select part.season_id, part.part
from seasons.parts as part join seasons.seasons as season using (season_id)
where season.state in ('planned', 'active') or (season.state = 'closed' and part.finished_at is null);

-- what_is_done_is_closed
select season_id from seasons.seasons
where state = 'closing' and not exists (
    select from seasons.parts where parts.season_id = seasons.season_id and finished_at is null
);
