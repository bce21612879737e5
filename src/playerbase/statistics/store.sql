-- kept
select days_kept, weeks_kept, days_gone, weeks_gone from statistics.settings;

-- settings
select days_kept, weeks_kept from statistics.settings;

-- has_counted
select exists (select from statistics.applied);

-- put_settings
-- What is gone stays gone, whatever is decided for the time to come.
insert into statistics.settings as old (days_kept, weeks_kept, days_gone, weeks_gone, changed_by, changed_at)
values (:settings.days_kept, :settings.weeks_kept, :days_gone, :weeks_gone, :changed_by, :now)
on conflict (only_one) do update
set days_kept = excluded.days_kept, weeks_kept = excluded.weeks_kept, changed_by = excluded.changed_by,
    changed_at = excluded.changed_at, days_gone = greatest(old.days_gone, excluded.days_gone),
    weeks_gone = greatest(old.weeks_gone, excluded.weeks_gone);

-- move_gone
insert into statistics.settings as old (days_kept, weeks_kept, days_gone, weeks_gone, changed_by, changed_at)
values (:settings.days_kept, :settings.weeks_kept, :days_gone, :weeks_gone, 'system', :now)
on conflict (only_one) do update
set days_gone = greatest(old.days_gone, excluded.days_gone), weeks_gone = greatest(old.weeks_gone, excluded.weeks_gone);

-- delete_before
-- So many at a time, so that nobody waits long for a row.
delete from statistics.counts
where ctid = any(array(
    select ctid from statistics.counts
    where period = :period and period in (2, 3) and slot < :slot
    limit :most
    for update skip locked
))
returning slot;

-- applied_already
select distinct match_id from statistics.applied where match_id = any(:match_ids);

-- note_applied
insert into statistics.applied (
    match_id, player_id, game, season, opponent_id, ended_at, result, score, kills, deaths, shots, hits, answers,
    correct, answer_ms, seconds, streak, fastest_answer_ms
)
select
    match_id, player_id, game, season, opponent_id, ended_at, result, score, kills, deaths, shots, hits, answers,
    correct, answer_ms, seconds, streak, fastest_answer_ms
from unnest(
    :entries.match_id::text::uuid[], :entries.player_id::text::uuid[], :entries.game::text::text[],
    :entries.season::text::int[], :entries.opponent_id::text::uuid[], :entries.ended_at::timestamptz[],
    :entries.result::text::smallint[], :entries.score::text::bigint[], :entries.kills::text::int[],
    :entries.deaths::text::int[], :entries.shots::text::int[], :entries.hits::text::int[],
    :entries.answers::text::int[], :entries.correct::text::int[], :entries.answer_ms::text::int[],
    :entries.seconds::text::int[], :entries.streak::text::int[], :entries.fastest_answer_ms::text::int[]
) as entry(
    match_id, player_id, game, season, opponent_id, ended_at, result, score, kills, deaths, shots, hits, answers,
    correct, answer_ms, seconds, streak, fastest_answer_ms
);

-- void_applied
update statistics.applied set voided_at = :now
where match_id = any(:match_ids) and voided_at is null
returning
    match_id, player_id, game, season, opponent_id, ended_at, result, score, kills, deaths, shots, hits, answers,
    correct, answer_ms, seconds, streak, fastest_answer_ms;

-- add
-- A sum belongs to several spans; numbers name the sum of each. The answer names the spans that held something later
-- than what was added, whose streaks are to be found anew, and the lifetimes whose bests were surpassed.
with sums as (
    select *
    from unnest(
        :sums.player_id::text::uuid[], :sums.game::text::text[], :sums.played::text::int[], :sums.won::text::int[],
        :sums.drawn::text::int[], :sums.lost::text::int[], :sums.score::text::bigint[],
        :sums.kills::text::bigint[], :sums.deaths::text::bigint[], :sums.shots::text::bigint[],
        :sums.hits::text::bigint[], :sums.answers::text::bigint[], :sums.correct::text::bigint[],
        :sums.answer_ms::text::bigint[], :sums.seconds::text::bigint[], :sums.fastest_answer_ms::text::int[],
        :sums.best_streak::text::int[], :sums.opening::text::int[], :sums.win_streak::text::int[],
        :sums.best_win_streak::text::int[], :sums.first_ended_at::timestamptz[],
        :sums.first_match_id::text::uuid[], :sums.last_ended_at::timestamptz[], :sums.last_match_id::text::uuid[]
    ) with ordinality as sum(
        player_id, game, played, won, drawn, lost, score, kills, deaths, shots, hits, answers, correct, answer_ms,
        seconds, fastest_answer_ms, best_streak, opening, win_streak, best_win_streak, first_ended_at,
        first_match_id, last_ended_at, last_match_id, number
    )
), wanted as (
    select period, slot, sums.*, old.player_id is not null as is_known,
        old.fastest_answer_ms as fastest_before, old.best_win_streak as streak_before,
        coalesce(old.win_streak, 0) as in_a_row,
        (old.last_ended_at, old.last_match_id) > (first_ended_at, first_match_id) as is_behind
    from unnest(:numbers::text::int[], :periods::text::smallint[], :slots::text::int[]) as span(number, period, slot)
        join sums using (number)
        left join statistics.counts as old using (player_id, game, period, slot)
), added as (
    insert into statistics.counts as old (
        player_id, game, period, slot, played, won, drawn, lost, score, kills, deaths, shots, hits, answers,
        correct, answer_ms, seconds, fastest_answer_ms, best_streak, win_streak, best_win_streak, last_ended_at,
        last_match_id
    )
    select
        player_id, game, period, slot, played, won, drawn, lost, score, kills, deaths, shots, hits, answers,
        correct, answer_ms, seconds, fastest_answer_ms, best_streak,
        case when win_streak = played then in_a_row + played else win_streak end,
        greatest(best_win_streak, in_a_row + opening), last_ended_at, last_match_id
    from wanted
    order by player_id, game, period, slot
    on conflict (player_id, game, period, slot) do update
    set played = old.played + excluded.played, won = old.won + excluded.won, drawn = old.drawn + excluded.drawn,
        lost = old.lost + excluded.lost, score = old.score + excluded.score, kills = old.kills + excluded.kills,
        deaths = old.deaths + excluded.deaths, shots = old.shots + excluded.shots, hits = old.hits + excluded.hits,
        answers = old.answers + excluded.answers, correct = old.correct + excluded.correct,
        answer_ms = old.answer_ms + excluded.answer_ms, seconds = old.seconds + excluded.seconds,
        fastest_answer_ms = least(old.fastest_answer_ms, excluded.fastest_answer_ms),
        best_streak = greatest(old.best_streak, excluded.best_streak), win_streak = excluded.win_streak,
        best_win_streak = greatest(old.best_win_streak, excluded.best_win_streak),
        last_ended_at = excluded.last_ended_at, last_match_id = excluded.last_match_id
)
select player_id, game, period, slot, is_behind, fastest_before, fastest_answer_ms, streak_before,
    greatest(best_win_streak, in_a_row + opening)
from wanted
where is_known and (
    is_behind
    or period = 0 and (fastest_answer_ms < fastest_before or greatest(best_win_streak, in_a_row + opening) > streak_before)
);

-- subtract
-- Only from what is there: spans that are gone stay gone.
with sums as (
    select *
    from unnest(
        :sums.player_id::text::uuid[], :sums.game::text::text[], :sums.played::text::int[], :sums.won::text::int[],
        :sums.drawn::text::int[], :sums.lost::text::int[], :sums.score::text::bigint[],
        :sums.kills::text::bigint[], :sums.deaths::text::bigint[], :sums.shots::text::bigint[],
        :sums.hits::text::bigint[], :sums.answers::text::bigint[], :sums.correct::text::bigint[],
        :sums.answer_ms::text::bigint[], :sums.seconds::text::bigint[]
    ) with ordinality as sum(
        player_id, game, played, won, drawn, lost, score, kills, deaths, shots, hits, answers, correct, answer_ms,
        seconds, number
    )
)
update statistics.counts as old
set played = old.played + sums.played, won = old.won + sums.won, drawn = old.drawn + sums.drawn,
    lost = old.lost + sums.lost, score = old.score + sums.score, kills = old.kills + sums.kills,
    deaths = old.deaths + sums.deaths, shots = old.shots + sums.shots, hits = old.hits + sums.hits,
    answers = old.answers + sums.answers, correct = old.correct + sums.correct,
    answer_ms = old.answer_ms + sums.answer_ms, seconds = old.seconds + sums.seconds
from unnest(:numbers::text::int[], :periods::text::smallint[], :slots::text::int[]) as span(number, period, slot)
    join sums using (number)
where old.player_id = sums.player_id and old.game = sums.game and old.period = span.period and old.slot = span.slot;

-- find_bests
-- What can be found neither by adding nor by subtracting, among the matches that count. Matches won in a row are those
-- between two that were not: each that was not begins a run.
with span as (
    select player_id, game, period, slot,
        case when period in (2, 3) then 'epoch'::timestamptz + slot * interval '1 day' else '-infinity' end as begins_at,
        case period
            when 2 then 'epoch'::timestamptz + (slot + 7) * interval '1 day'
            when 3 then 'epoch'::timestamptz + (slot + 1) * interval '1 day'
            else 'infinity'
        end as ends_at
    from unnest(
        :player_ids::text::uuid[], :games::text::text[], :periods::text::smallint[], :slots::text::int[]
    ) as span(player_id, game, period, slot)
), played as (
    select player_id, game, period, slot, match_id, ended_at, result, streak, fastest_answer_ms,
        count(*) filter (where result <> 1)
            over (partition by player_id, game, period, slot order by ended_at, match_id) as run
    from span join statistics.applied as entry using (player_id, game)
    where entry.voided_at is null and ended_at >= begins_at and ended_at < ends_at and (period <> 1 or season = slot)
), runs as (
    select player_id, game, period, slot, run, count(*) filter (where result = 1) as won, max(streak) as best_streak,
        min(fastest_answer_ms) as fastest_answer_ms, max(ended_at) as last_ended_at,
        (array_agg(match_id order by ended_at desc, match_id desc))[1] as last_match_id
    from played
    group by player_id, game, period, slot, run
), found as (
    select player_id, game, period, slot, max(won) as best_win_streak, max(best_streak) as best_streak,
        min(fastest_answer_ms) as fastest_answer_ms, (array_agg(won order by run desc))[1] as win_streak,
        max(last_ended_at) as last_ended_at, (array_agg(last_match_id order by run desc))[1] as last_match_id
    from runs
    group by player_id, game, period, slot
)
update statistics.counts as old
set best_win_streak = found.best_win_streak, best_streak = found.best_streak, win_streak = found.win_streak,
    fastest_answer_ms = found.fastest_answer_ms, last_ended_at = found.last_ended_at,
    last_match_id = found.last_match_id
from found
where old.player_id = found.player_id and old.game = found.game and old.period = found.period and old.slot = found.slot;

-- drop_empty
delete from statistics.counts
using unnest(:player_ids::text::uuid[], :games::text::text[]) as gone(player_id, game)
where counts.player_id = gone.player_id and counts.game = gone.game and played = 0;

-- meet
insert into statistics.pairs as old (one_id, other_id, game, one_won, drawn, other_won)
select one_id, other_id, game, one_won, drawn, other_won
from unnest(
    :pairs.one_id::text::uuid[], :pairs.other_id::text::uuid[], :pairs.game::text::text[],
    :pairs.one_won::text::int[], :pairs.drawn::text::int[], :pairs.other_won::text::int[]
) as pair(one_id, other_id, game, one_won, drawn, other_won)
order by one_id, other_id, game
on conflict (one_id, other_id, game) do update
set one_won = old.one_won + excluded.one_won, drawn = old.drawn + excluded.drawn,
    other_won = old.other_won + excluded.other_won;

-- part
update statistics.pairs as old
set one_won = old.one_won - pair.one_won, drawn = old.drawn - pair.drawn, other_won = old.other_won - pair.other_won
from unnest(
    :pairs.one_id::text::uuid[], :pairs.other_id::text::uuid[], :pairs.game::text::text[],
    :pairs.one_won::text::int[], :pairs.drawn::text::int[], :pairs.other_won::text::int[]
) as pair(one_id, other_id, game, one_won, drawn, other_won)
where old.one_id = pair.one_id and old.other_id = pair.other_id and old.game = pair.game;

-- span
select
    player_id, game, period, slot, played, won, drawn, lost, score, kills, deaths, shots, hits, answers, correct,
    answer_ms, seconds, fastest_answer_ms, best_streak, win_streak, best_win_streak
from statistics.counts
where player_id = :player_id and game = :game and period = :period and slot = :slot;

-- spans_from
-- Latest first.
select
    player_id, game, period, slot, played, won, drawn, lost, score, kills, deaths, shots, hits, answers, correct,
    answer_ms, seconds, fastest_answer_ms, best_streak, win_streak, best_win_streak
from statistics.counts
where player_id = :player_id and game = :game and period = :period and slot between :first and :last
order by slot desc
limit :count;

-- spans_of
select
    player_id, game, period, slot, played, won, drawn, lost, score, kills, deaths, shots, hits, answers, correct,
    answer_ms, seconds, fastest_answer_ms, best_streak, win_streak, best_win_streak
from statistics.counts
where player_id = any(:player_ids::uuid[])
order by player_id, game, period, slot;

-- pair
select one_id, other_id, game, one_won, drawn, other_won
from statistics.pairs
where one_id = :one_id and other_id = :other_id and game = :game;

-- players_after
select distinct player_id from statistics.applied where player_id > :after order by player_id limit :count;

-- entries_of
select
    match_id, player_id, game, season, opponent_id, ended_at, result, score, kills, deaths, shots, hits, answers,
    correct, answer_ms, seconds, streak, fastest_answer_ms
from statistics.applied
where player_id = any(:player_ids::uuid[]) and voided_at is null;

-- applied_of
select
    match_id, player_id, game, season, opponent_id, ended_at, result, score, kills, deaths, shots, hits, answers,
    correct, answer_ms, seconds, streak, fastest_answer_ms
from statistics.applied
where match_id = any(:match_ids::uuid[]) and voided_at is null;

-- pairs_of
select one_id, other_id, game, one_won, drawn, other_won
from statistics.pairs
where one_id = any(:one_ids::uuid[]) and one_won + drawn + other_won > 0;

-- drop_spans
delete from statistics.counts where player_id = any(:player_ids::uuid[]);

-- drop_pairs
delete from statistics.pairs where one_id = any(:one_ids::uuid[]);

-- hold
-- Nobody else counts until this transaction has ended.
select pg_advisory_xact_lock(:key);
