-- a_week_is_its_days
-- Where both are kept whole: weeks of which no day is gone.
select weeks.player_id, weeks.game, weeks.slot
from statistics.counts as weeks
    join statistics.counts as days using (player_id, game)
where weeks.period = 2 and days.period = 3 and days.slot between weeks.slot and weeks.slot + 6
    and weeks.slot >= (select max(slot) - 14 from statistics.counts where period = 2)
    and weeks.slot >= (select coalesce(max(days_gone), -1000000) from statistics.settings)
group by weeks.player_id, weeks.game, weeks.slot, weeks.played, weeks.won, weeks.score, weeks.seconds
having (weeks.played, weeks.won, weeks.score, weeks.seconds)
    <> (sum(days.played), sum(days.won), sum(days.score), sum(days.seconds));

-- a_lifetime_is_what_was_counted
-- Of those whose last match is among the latest, so that the question stays cheap on a schedule.
with latest as (
    select distinct player_id, game
    from (select player_id, game from statistics.applied where voided_at is null order by match_id desc limit 200) as lately
)
select player_id, game
from latest
    join statistics.applied as entry using (player_id, game)
    left join statistics.counts as counts using (player_id, game)
where entry.voided_at is null and counts.period = 0
group by player_id, game, counts.played, counts.won, counts.kills, counts.score, counts.fastest_answer_ms
having (counts.played, counts.won, counts.kills, counts.score)
    <> (count(*), count(*) filter (where entry.result = 1), sum(entry.kills), sum(entry.score))
    or counts.fastest_answer_ms is distinct from min(entry.fastest_answer_ms);

-- nobody_won_more_in_a_row_than_ever
select player_id, game, period, slot from statistics.counts where win_streak > best_win_streak or best_win_streak > won;
