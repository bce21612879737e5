-- add_pass
insert into battlepass.passes (
    season_id, game, name, theme, premium_item, curve, excess_xp, excess_asset, excess_amount, grace_days, refunds,
    catch_up_days, daily_cap, version, created_at, updated_at
)
values (
    :made.season_id, :made.game, :made.name, :made.theme, :made.premium_item, :made.curve, :made.excess_xp,
    :made.excess_asset, :made.excess_amount, :made.grace_days, :made.refunds, :made.catch_up_days, :made.daily_cap,
    :made.version, :made.created_at, :made.updated_at
)
on conflict do nothing
returning season_id;

-- save_pass
update battlepass.passes
set name = :made.name, theme = :made.theme, premium_item = :made.premium_item, curve = :made.curve,
    excess_xp = :made.excess_xp, excess_asset = :made.excess_asset, excess_amount = :made.excess_amount,
    grace_days = :made.grace_days, refunds = :made.refunds, catch_up_days = :made.catch_up_days,
    daily_cap = :made.daily_cap, version = :made.version, updated_at = :made.updated_at
where season_id = :made.season_id;

-- pass_of
select season_id, game, name, theme, premium_item, curve, excess_xp, excess_asset, excess_amount, grace_days, refunds,
    catch_up_days, daily_cap, version, created_at, updated_at
from battlepass.passes
where season_id = :season_id;

-- lock_pass
select season_id, game, name, theme, premium_item, curve, excess_xp, excess_asset, excess_amount, grace_days, refunds,
    catch_up_days, daily_cap, version, created_at, updated_at
from battlepass.passes
where season_id = :season_id
for update;

-- share_passes
-- Shared with others who write experience, and not with who edits: a new version of the tiers is seen by all or none.
select season_id, game, name, theme, premium_item, curve, excess_xp, excess_asset, excess_amount, grace_days, refunds,
    catch_up_days, daily_cap, version, created_at, updated_at
from battlepass.passes
where season_id = any(:season_ids)
order by season_id
for share;

-- passes_page
select season_id, game, name, theme, premium_item, curve, excess_xp, excess_asset, excess_amount, grace_days, refunds,
    catch_up_days, daily_cap, version, created_at, updated_at
from battlepass.passes
where (:game::text is null or game = :game) and (created_at, season_id) < (:before_at, :before_id)
order by created_at desc, season_id desc
limit :count;

-- passes_with_item
select season_id, game, name, theme, premium_item, curve, excess_xp, excess_asset, excess_amount, grace_days, refunds,
    catch_up_days, daily_cap, version, created_at, updated_at
from battlepass.passes
where premium_item = any(:items);

-- add_curve
insert into battlepass.curves (season_id, version, thresholds, tiers, made_at, made_by, reason)
values (:made.season_id, :made.version, :thresholds, :made.tiers, :made.made_at, :made.made_by, :made.reason);

-- curve_names
select season_id, version, made_at
from battlepass.curves
where season_id = any(:season_ids)
order by season_id, version;

-- curves_of
select season_id, version, tiers, made_at, made_by, reason
from battlepass.curves
where season_id = any(:season_ids)
order by season_id, version;

-- rates_of
select game, win, draw, loss, kill, streak, second_tenths, least, most
from battlepass.rates
where game = any(:games);

-- put_rates
insert into battlepass.rates (game, win, draw, loss, kill, streak, second_tenths, least, most)
values (
    :game, :rates.win, :rates.draw, :rates.loss, :rates.kill, :rates.streak, :rates.second_tenths, :rates.least,
    :rates.most
)
on conflict (game) do update
set win = excluded.win, draw = excluded.draw, loss = excluded.loss, kill = excluded.kill, streak = excluded.streak,
    second_tenths = excluded.second_tenths, least = excluded.least, most = excluded.most;

-- challenges_of
select challenge_id, game, code, name, source, measure, goal, period, mode, xp, is_on, version, updated_at
from battlepass.challenges
where game = any(:games)
order by game, code;

-- challenges_by_id
select challenge_id, game, code, name, source, measure, goal, period, mode, xp, is_on, version, updated_at
from battlepass.challenges
where challenge_id = any(:challenge_ids);

-- lock_challenges
-- One who adds or changes a challenge of a game at a time, so that their number is counted truly.
select pg_advisory_xact_lock(hashtextextended('battlepass challenges ' || :game, 0));

-- put_challenge
insert into battlepass.challenges (
    challenge_id, game, code, name, source, measure, goal, period, mode, xp, is_on, version, updated_at
)
values (
    :made.challenge_id, :made.game, :made.code, :made.name, :made.source, :made.measure, :made.goal, :made.period,
    :made.mode, :made.xp, :made.is_on, :made.version, :made.updated_at
)
on conflict (challenge_id) do update
set name = excluded.name, source = excluded.source, measure = excluded.measure, goal = excluded.goal,
    period = excluded.period, mode = excluded.mode, xp = excluded.xp, is_on = excluded.is_on,
    version = excluded.version, updated_at = excluded.updated_at;

-- lock_log
-- One who grants to a player at a time, so that a reference is looked for truly.
select pg_advisory_xact_lock(hashtextextended('battlepass log ' || :player_id::uuid, 0));

-- noted
-- What each of these players gained or lost under the reference beside them. In pairs: of all references for all
-- players, everything these players ever gained would be read.
select entry_id, player_id, source, ref, game, season_id, amount, bonus, at, noted_at, reason, counted
from (select unnest(:player_ids::text::uuid[]) as player_id, unnest(:refs::text::text[]) as ref) as wanted
    join battlepass.experience using (player_id, ref);

-- gained_between
-- What matches gave each of these players in a season in each of these spans.
select player_id, begins_at, sum(amount)::int
from battlepass.experience
    join unnest(:player_ids::uuid[], :begins::timestamptz[]) as span(player_id, begins_at) using (player_id)
where season_id = :season_id and at >= begins_at and at < begins_at + interval '1 day'
    and source = any(:sources)
group by player_id, begins_at;

-- note
insert into battlepass.experience (
    entry_id, player_id, source, ref, game, season_id, amount, bonus, at, noted_at, reason, counted
)
select entry_id, player_id, source, ref, game, season_id, amount, bonus, at, :now, reason, counted
from unnest(
    :entries.entry_id::text::uuid[], :entries.player_id::text::uuid[], :entries.source::text::text[],
    :entries.ref::text::text[], :entries.game::text::text[], :entries.season_id::text::uuid[],
    :entries.amount::text::int[], :entries.bonus::text::int[],
    :entries.at::timestamptz[], :entries.reason::text::text[], :entries.counted::text::text[]
) as entry(entry_id, player_id, source, ref, game, season_id, amount, bonus, at, reason, counted);

-- log_page
-- Latest first.
select entry_id, player_id, source, ref, game, season_id, amount, bonus, at, noted_at, reason, counted
from battlepass.experience
where player_id = :player_id and entry_id < :before
    and (:game::text is null or game = :game) and (:season_id::uuid is null or season_id = :season_id)
order by entry_id desc
limit :count;

-- by_source
select source, sum(amount)::bigint, count(*)::int
from battlepass.experience
where player_id = :player_id and season_id = :season_id
group by source
order by source;

-- begin_progress
insert into battlepass.progress (season_id, player_id, xp, curve, tier, peak, began_at, updated_at)
select season_id, player_id, 0, curve, 0, 0, :now, :now
from unnest(:season_ids::text::uuid[], :player_ids::text::uuid[], :curves::text::int[])
    as newcomer(season_id, player_id, curve)
order by season_id, player_id
on conflict do nothing;

-- lock_progress
-- In one order, so that two transactions with the same players cannot deadlock.
select progress.season_id, progress.player_id, xp, curve, tier, peak, began_at, updated_at
from battlepass.progress as progress
    join unnest(:season_ids::text::uuid[], :player_ids::text::uuid[]) as wanted(season_id, player_id)
        on wanted.season_id = progress.season_id and wanted.player_id = progress.player_id
order by progress.season_id, progress.player_id
for update of progress;

-- save_progress
-- Rows that are locked.
update battlepass.progress as old
set xp = row.xp, curve = row.curve, tier = row.tier, peak = row.peak, updated_at = :now
from unnest(
    :rows.season_id::text::uuid[], :rows.player_id::text::uuid[], :rows.xp::text::int[], :rows.curve::text::int[],
    :rows.tier::text::int[], :rows.peak::text::int[]
) as row(season_id, player_id, xp, curve, tier, peak)
where old.season_id = row.season_id and old.player_id = row.player_id;

-- progress_of
select season_id, player_id, xp, curve, tier, peak, began_at, updated_at
from battlepass.progress
where season_id = :season_id and player_id = :player_id;


-- lock_progress_page
select season_id, player_id, xp, curve, tier, peak, began_at, updated_at
from battlepass.progress
where season_id = :season_id and player_id > :after
order by player_id
limit :count
for update;

-- spread
-- How many players are at each tier.
select tier, count(*)::int from battlepass.progress where season_id = :season_id group by tier order by tier;

-- counts_of
select challenge_id, player_id, period, count, is_awarded, round
from battlepass.counts
where player_id = :player_id and challenge_id = any(:challenge_ids) and period = any(:periods);

-- lock_counts
select counts.challenge_id, counts.player_id, counts.period, count, is_awarded, round
from battlepass.counts as counts
    join unnest(:player_ids::text::uuid[], :challenge_ids::text::uuid[], :periods::text::text[])
        as wanted(player_id, challenge_id, period)
        on wanted.player_id = counts.player_id and wanted.challenge_id = counts.challenge_id
        and wanted.period = counts.period
order by counts.player_id, counts.challenge_id, counts.period
for update of counts;

-- save_counts
insert into battlepass.counts (challenge_id, player_id, period, count, is_awarded, round)
select challenge_id, player_id, period, count, is_awarded, round
from unnest(
    :rows.challenge_id::text::uuid[], :rows.player_id::text::uuid[], :rows.period::text::text[], :rows.count::text::int[],
    :rows.is_awarded::bool[], :rows.round::text::int[]
) as row(challenge_id, player_id, period, count, is_awarded, round)
on conflict (player_id, challenge_id, period) do update
set count = excluded.count, is_awarded = excluded.is_awarded, round = excluded.round;

-- claims_of
select season_id, player_id, tier, track, round, how, parts, claimed_at, taken_back_at
from battlepass.claims
where season_id = :season_id and player_id = any(:player_ids)
order by player_id, tier, track;

-- add_claims
-- What was taken back is claimed anew in its next round; what stands stays, and is not among the answers.
insert into battlepass.claims as old (season_id, player_id, tier, track, round, how, parts, claimed_at)
select season_id, player_id, tier, track, round, how, parts::json, claimed_at
from unnest(
    :claims.season_id::uuid[], :claims.player_id::uuid[], :claims.tier::int[], :claims.track::text[],
    :claims.round::int[], :claims.how::text[], :claims.parts::text[], :claims.claimed_at::timestamptz[]
) as claim(season_id, player_id, tier, track, round, how, parts, claimed_at)
on conflict (season_id, player_id, tier, track) do update
set round = excluded.round, how = excluded.how, parts = excluded.parts, claimed_at = excluded.claimed_at,
    taken_back_at = null
where old.taken_back_at is not null
returning tier;

-- take_claims_back
update battlepass.claims
set taken_back_at = :now
where season_id = :season_id and player_id = :player_id and track = 'premium' and taken_back_at is null
returning season_id, player_id, tier, track, round, how, parts, claimed_at, taken_back_at;

-- tally_claims
select track, count(*)::int
from battlepass.claims
where season_id = :season_id and taken_back_at is null
group by track;

-- open_premiums
insert into battlepass.premiums as old (season_id, player_id, source, source_ref, opened_at)
select season_id, player_id, source, source_ref, opened_at
from unnest(
    :rows.season_id::uuid[], :rows.player_id::uuid[], :rows.source::text[], :rows.source_ref::text[],
    :rows.opened_at::timestamptz[]
) as row(season_id, player_id, source, source_ref, opened_at)
on conflict (season_id, player_id) do update
set source = excluded.source, source_ref = excluded.source_ref, opened_at = excluded.opened_at, closed_at = null
where old.closed_at is not null
returning player_id;

-- close_premium
update battlepass.premiums
set closed_at = :now
where season_id = :season_id and player_id = :player_id and closed_at is null
returning season_id, player_id, source, source_ref, opened_at, closed_at;

-- premium_of
select season_id, player_id, source, source_ref, opened_at, closed_at
from battlepass.premiums
where season_id = :season_id and player_id = :player_id;

-- premium_among
select player_id
from battlepass.premiums
where season_id = :season_id and player_id = any(:player_ids) and closed_at is null;

-- count_premiums
select count(*)::int from battlepass.premiums where season_id = :season_id and closed_at is null;

-- begin_closing
insert into battlepass.closings (season_id, after_player, done, began_at)
values (:season_id, '00000000-0000-0000-0000-000000000000', 0, :now)
on conflict do nothing;

-- lock_closing
select season_id, after_player, done, began_at, finished_at
from battlepass.closings
where season_id = :season_id
for update;

-- save_closing
update battlepass.closings
set after_player = :after_player, done = :done, finished_at = :finished_at
where season_id = :season_id;

-- closings_open
select season_id, after_player, done, began_at, finished_at
from battlepass.closings
where finished_at is null
order by began_at
limit :count;

-- count_progress
select count(*)::int from battlepass.progress where season_id = :season_id;
