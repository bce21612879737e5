-- add
insert into profiles.profiles (player_id, display_name, search_key, country, created_at, updated_at)
select player_id, display_name, search_key, country, :now, :now
from unnest(
    :newcomers.player_id::uuid[], :newcomers.display_name::text[], :newcomers.country::text[], :search_keys::text[]
) as newcomers(player_id, display_name, country, search_key);

-- profiles
select player_id, display_name, bio, country, title, avatar_file, banner_file, colour, theme, twitch, youtube, twitter, level, total_xp,
    is_public, accept_friend_requests, allow_messages, version, created_at, updated_at
from profiles.profiles
where player_id = any(:player_ids::uuid[]);

-- lock_profile
select player_id, display_name, bio, country, title, avatar_file, banner_file, colour, theme, twitch, youtube, twitter, level, total_xp,
    is_public, accept_friend_requests, allow_messages, version, created_at, updated_at
from profiles.profiles
where player_id = :player_id
for no key update;

-- save
update profiles.profiles
set display_name = :row.display_name, search_key = :search_key, bio = :row.bio, country = :row.country,
    title = :row.title, avatar_file = :row.avatar_file, banner_file = :row.banner_file, colour = :row.colour,
    theme = :row.theme, twitch = :row.twitch, youtube = :row.youtube, twitter = :row.twitter,
    is_public = :row.is_public, accept_friend_requests = :row.accept_friend_requests,
    allow_messages = :row.allow_messages, version = :row.version, updated_at = :row.updated_at
where player_id = :row.player_id;

-- accepts_requests
select accept_friend_requests from profiles.profiles where player_id = :player_id;

-- names
select player_id, display_name from profiles.profiles where player_id = any(:player_ids::uuid[]);

-- countries
select player_id, country from profiles.profiles where player_id = any(:player_ids::uuid[]) and country is not null;

-- search
-- A range and not a pattern: it uses the index whatever is searched for, and knows no wildcards.
select player_id, display_name, country, level, created_at
from profiles.profiles
where search_key >= :lowest and search_key < :beyond
    and (:after_key::text is null or (search_key, player_id) > (:after_key, :after_id::uuid))
order by search_key, player_id
limit :count;

-- characters_of
select character_id, player_id, game, name, avatar_url, level, experience, is_default, metadata, version, created_at,
    updated_at
from profiles.characters
where player_id = :player_id and character_id > :after and (:game::text is null or game = :game)
order by character_id
limit :count;

-- count_characters
select count(*)::int from profiles.characters
where player_id = :player_id and game is not distinct from :game;

-- siblings
-- All of a player's in one game: as many as the bound allows.
select character_id, player_id, game, name, avatar_url, level, experience, is_default, metadata, version, created_at,
    updated_at
from profiles.characters
where player_id = :player_id and game is not distinct from :game
order by character_id;

-- character
select character_id, player_id, game, name, avatar_url, level, experience, is_default, metadata, version, created_at,
    updated_at
from profiles.characters where character_id = :character_id;

-- share_character
-- It stays until this transaction ends.
select character_id, player_id, game, name, avatar_url, level, experience, is_default, metadata, version, created_at,
    updated_at
from profiles.characters where character_id = :character_id for key share;

-- lock_character
select character_id, player_id, game, name, avatar_url, level, experience, is_default, metadata, version, created_at,
    updated_at
from profiles.characters where character_id = :character_id for update;

-- add_character
insert into profiles.characters (
    character_id, player_id, game, name, avatar_url, level, experience, is_default, metadata, version, created_at,
    updated_at
)
values (
    :row.character_id, :row.player_id, :row.game, :row.name, :row.avatar_url, :row.level, :row.experience,
    :row.is_default, :row.metadata, :row.version, :row.created_at, :row.updated_at
);

-- save_character
update profiles.characters
set name = :row.name, avatar_url = :row.avatar_url, level = :row.level, experience = :row.experience,
    is_default = :row.is_default, metadata = :row.metadata, version = :row.version, updated_at = :row.updated_at
where character_id = :row.character_id;

-- unset_default
update profiles.characters set is_default = false
where player_id = :player_id and game is not distinct from :game and is_default;

-- delete_character
delete from profiles.characters where character_id = :character_id;

-- take_name_change
-- The free one if its time has come, else one that was given; no row if there is neither.
insert into profiles.name_changes as held (player_id, changed_at)
values (:player_id, :now)
on conflict (player_id) do update
set changed_at = case when held.changed_at is null or held.changed_at <= :free_before then excluded.changed_at else held.changed_at end,
    granted = held.granted - case when held.changed_at is null or held.changed_at <= :free_before then 0 else 1 end
where held.changed_at is null or held.changed_at <= :free_before or held.granted > 0
returning true;

-- grant_name_changes
insert into profiles.name_changes as held (player_id, granted)
values (:player_id, :count)
on conflict (player_id) do update set granted = held.granted + excluded.granted;

-- name_changes
select changed_at, granted from profiles.name_changes where player_id = :player_id;

-- lock_levels
select player_id, total_xp, level, level_xp, level_reached
from profiles.profiles
where player_id = any(:player_ids::text::uuid[])
order by player_id
for no key update;

-- save_levels
-- Whose edits of their own come meanwhile are no conflict: what a player says of themselves keeps its version.
update profiles.profiles
set total_xp = now.total_xp, level = now.level, level_xp = now.level_xp, level_reached = now.level_reached
from unnest(
    :levels.player_id::text::uuid[], :levels.total_xp::text::bigint[], :levels.level::text::int[],
    :levels.level_xp::text::int[], :levels.level_reached::text::int[]
) as now(player_id, total_xp, level, level_xp, level_reached)
where profiles.player_id = now.player_id;

-- levels_by_another_curve
select player_id, total_xp, level, level_xp, level_reached
from profiles.profiles
where player_id > :after and level_xp <> :level_xp
order by player_id
limit :count
for no key update;

-- titles_of
select title, earned_at from profiles.titles where player_id = :player_id and title > :after order by title limit :count;

-- has_title
select exists (select from profiles.titles where player_id = :player_id and title = :title);

-- award_titles
insert into profiles.titles (player_id, title, earned_at)
select player_id, title, :now from unnest(:player_ids::uuid[], :titles::text[]) as earned(player_id, title)
on conflict do nothing;

-- withdraw_titles
delete from profiles.titles
using unnest(:player_ids::uuid[], :titles::text[]) as lost(player_id, title)
where titles.player_id = lost.player_id and titles.title = lost.title;

-- take_off_titles
-- Whoever wears what they no longer have wears the first one again.
update profiles.profiles set title = :first, version = version + 1, updated_at = :now
from unnest(:player_ids::uuid[], :titles::text[]) as lost(player_id, title)
where profiles.player_id = lost.player_id and profiles.title = lost.title;

-- settings
-- No row until somebody has decided otherwise.
select name_change_days, characters_max, level_xp from profiles.settings;

-- put_settings
insert into profiles.settings (name_change_days, characters_max, level_xp, changed_by, changed_at)
values (:settings.name_change_days, :settings.characters_max, :settings.level_xp, :changed_by, :now)
on conflict (only_one) do update
set name_change_days = excluded.name_change_days, characters_max = excluded.characters_max,
    level_xp = excluded.level_xp, changed_by = excluded.changed_by, changed_at = excluded.changed_at;

-- show_titles
-- Where another is shown by now than the one that is to go, that one stays.
update profiles.profiles as profile set title = new.title, version = version + 1, updated_at = :now
from unnest(:player_ids::uuid[], :titles::text[], :instead_of::text[]) as new(player_id, title, instead_of)
where profile.player_id = new.player_id and new.instead_of in ('', profile.title) and profile.title <> new.title;
