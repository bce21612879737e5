-- levels_follow_from_experience
select player_id from profiles.profiles where level <> greatest(1, floor(sqrt(total_xp / level_xp)));

-- no_level_was_reached_unheard
select player_id from profiles.profiles where level_reached < level;

-- a_title_is_worn_by_who_earned_it
select player_id from profiles.profiles
where title <> 'Rookie' and not exists (
    select from profiles.titles where titles.player_id = profiles.player_id and titles.title = profiles.title
);

-- every_change_counts
select player_id from profiles.profiles where version < 1 or (version > 1 and updated_at < created_at);

-- whoever_has_characters_in_a_game_has_one_default
select player_id, game from profiles.characters group by player_id, game having count(*) filter (where is_default) <> 1;

-- one_character_for_the_platform
select player_id from profiles.characters where game is null group by player_id having count(*) > 1;
