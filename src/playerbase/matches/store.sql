-- record
-- Only those not reported before, with who played in them: the answer names them.
with recorded as (
    insert into matches.matches (
        match_id, game, mode, map, started_at, duration_seconds, players, winner_id, fingerprint, reported_by,
        reported_at
    )
    select match_id, game, mode, map, started_at, duration_seconds, players, winner_id, fingerprint, reported_by, :now
    from unnest(
        :reports.match_id::uuid[], :reports.game::text[], :reports.mode::text[], :reports.map::text[],
        :reports.started_at::timestamptz[], :reports.duration_seconds::int[], :reports.players::json[],
        :reports.winner_id::uuid[], :reports.fingerprint::bytea[], :reports.reported_by::text[]
    ) as report(match_id, game, mode, map, started_at, duration_seconds, players, winner_id, fingerprint, reported_by)
    on conflict (match_id) do nothing
    returning match_id, started_at
), appeared as (
    insert into matches.appearances (player_id, started_at, match_id)
    select played.player_id, recorded.started_at, match_id
    from unnest(:played_by::uuid[], :played_in::uuid[]) as played(player_id, match_id) join recorded using (match_id)
)
select match_id from recorded;

-- reported
select match_id, game, mode, map, started_at, duration_seconds, players, winner_id, reported_at, voided_at, fingerprint,
    reported_by
from matches.matches
where match_id = any(:match_ids);

-- lock_match
select match_id, game, mode, map, started_at, duration_seconds, players, winner_id, reported_at, voided_at, fingerprint,
    reported_by
from matches.matches
where match_id = :match_id
for update;

-- mark_void
update matches.matches set voided_at = :now where match_id = :match_id;

-- recent_rows
-- Newest report first.
select match_id, game, mode, map, started_at, duration_seconds, players, winner_id, reported_at, voided_at, fingerprint,
    reported_by
from matches.matches
where (reported_at, match_id) < (:before, :before_id)
order by reported_at desc, match_id desc
limit :count;

-- rows_found
-- Newest report first, of those that all that is asked for applies to.
select match_id, game, mode, map, started_at, duration_seconds, players, winner_id, reported_at, voided_at, fingerprint,
    reported_by
from matches.matches
where (reported_at, match_id) < (:before, :before_id) and reported_at >= :since
    and (:wanted.game::text is null or game = :wanted.game) and (:wanted.mode::text is null or mode = :wanted.mode)
    and (:wanted.is_void::bool is null or (voided_at is not null) = :wanted.is_void)
    and (:wanted.player_id::uuid is null or match_id in (
        select match_id from matches.appearances where player_id = :wanted.player_id
    ))
order by reported_at desc, match_id desc
limit :count;

-- modes
-- Of the latest matches: what there is to choose from.
select distinct mode
from (select mode from matches.matches order by reported_at desc, match_id desc limit :most) as latest
order by mode;

-- rows_of_player
-- Latest played first.
select played.match_id, game, mode, map, played.started_at, duration_seconds, players, winner_id, reported_at, voided_at,
    fingerprint, reported_by
from matches.appearances as played join matches.matches as match on match.match_id = played.match_id
where played.player_id = :player_id and (played.started_at, played.match_id) < (:before, :before_id)
    and (:game::text is null or game = :game)
order by played.started_at desc, played.match_id desc
limit :count;

-- rows_after
select match_id, game, mode, map, started_at, duration_seconds, players, winner_id, reported_at, voided_at, fingerprint,
    reported_by
from matches.matches
where match_id > :after
order by match_id
limit :count;

-- tally_since
-- Matches reported in each slot of this many seconds, oldest first; slots without any are left out.
select to_timestamp(floor(extract(epoch from reported_at) / :slot_seconds::int) * :slot_seconds::int) as slot, count(*)::int
from matches.matches
where reported_at >= :since
group by slot
order by slot;
