-- every_match_has_its_appearances
-- Of the last day, so that the question stays cheap on a schedule.
select match.match_id
from matches.matches as match
where match.reported_at > (select max(reported_at) from matches.matches) - interval '1 day'
    and (select count(*) from matches.appearances as played
         where played.match_id = match.match_id and played.started_at = match.started_at
             and played.player_id in (select (each ->> 'player_id')::uuid from json_array_elements(match.players) as each))
        <> json_array_length(match.players);
