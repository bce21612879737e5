-- add
insert into profiles.profiles (player_id, display_name, search_key, country, created_at, updated_at)
select player_id, display_name, search_key, country, :now, :now
from unnest(
    :newcomers.player_id::uuid[], :newcomers.display_name::text[], :newcomers.country::text[], :search_keys::text[]
) as newcomers(player_id, display_name, country, search_key);

-- profiles
select player_id, display_name, bio, country, title, theme, twitch, youtube, twitter, level, total_xp,
    is_public, accept_friend_requests, allow_messages, version, created_at, updated_at
from profiles.profiles
where player_id = any(:player_ids::uuid[]);

-- lock_profile
select player_id, display_name, bio, country, title, theme, twitch, youtube, twitter, level, total_xp,
    is_public, accept_friend_requests, allow_messages, version, created_at, updated_at
from profiles.profiles
where player_id = :player_id
for no key update;

-- save
update profiles.profiles
set display_name = :row.display_name, search_key = :search_key, bio = :row.bio, country = :row.country,
    title = :row.title, theme = :row.theme, twitch = :row.twitch, youtube = :row.youtube, twitter = :row.twitter,
    is_public = :row.is_public, accept_friend_requests = :row.accept_friend_requests,
    allow_messages = :row.allow_messages, version = :row.version, updated_at = :row.updated_at
where player_id = :row.player_id;

-- names
select player_id, display_name from profiles.profiles where player_id = any(:player_ids::uuid[]);

-- search
-- A range and not a pattern: it uses the index whatever is searched for, and knows no wildcards.
select player_id, display_name, country, level, created_at
from profiles.profiles
where search_key >= :lowest and search_key < :beyond
    and (:after_key::text is null or (search_key, player_id) > (:after_key, :after_id::uuid))
order by search_key, player_id
limit :count;
