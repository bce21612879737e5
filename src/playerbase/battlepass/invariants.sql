-- experience_is_the_log_summed
select season_id, player_id, progress.xp, logged.amount
from battlepass.progress as progress
    full join (
        select season_id, player_id, sum(amount) as amount
        from battlepass.experience
        where season_id is not null
        group by season_id, player_id
    ) as logged using (season_id, player_id)
where coalesce(progress.xp, 0) <> coalesce(logged.amount, 0);

-- a_tier_follows_from_experience
select progress.season_id, progress.player_id, progress.xp, progress.tier
from battlepass.progress as progress
    join battlepass.curves as curves on curves.season_id = progress.season_id and curves.version = progress.curve
where progress.tier <> width_bucket(progress.xp::bigint, curves.thresholds) - 1;

-- thresholds_are_those_of_the_tiers
select season_id, version
from battlepass.curves
where thresholds <> (
    select array_agg((tier ->> 'xp')::bigint order by place)
    from json_array_elements(tiers) with ordinality as listed(tier, place)
);

-- no_progress_without_its_tiers
select progress.season_id, progress.player_id, progress.curve
from battlepass.progress as progress
    left join battlepass.curves as curves on curves.season_id = progress.season_id and curves.version = progress.curve
where curves.version is null;

-- an_award_is_in_the_log
select counts.player_id, counts.challenge_id, counts.period
from battlepass.counts as counts
    join battlepass.challenges as challenges on challenges.challenge_id = counts.challenge_id
    left join battlepass.experience as experience
        on experience.player_id = counts.player_id and experience.source = challenges.source
        and experience.ref = challenges.code || ' ' || counts.period
            || case when counts.round > 1 then ' ' || counts.round else '' end
where counts.round > 0 and experience.entry_id is null;

-- who_claimed_has_begun
select claims.season_id, claims.player_id, claims.tier, claims.track
from battlepass.claims as claims
    left join battlepass.progress as progress
        on progress.season_id = claims.season_id and progress.player_id = claims.player_id
where progress.player_id is null;
