-- nobody_has_more_friends_than_anybody_may
select player_id
from (
    select one_id as player_id from friends.pairs where state = 'friends'
    union all
    select other_id from friends.pairs where state = 'friends'
) as each
group by player_id
having count(*) > 500;

-- only_what_was_asked_is_declined
select request_id from friends.pairs where declined_at is not null and state <> 'apart';
