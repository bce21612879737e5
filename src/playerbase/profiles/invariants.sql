-- levels_follow_from_experience
select player_id from profiles.profiles where level <> greatest(1, floor(sqrt(total_xp / level_xp)));

-- no_level_was_reached_unheard
select player_id from profiles.profiles where level_reached < level;

-- every_change_counts
select player_id from profiles.profiles where version < 1 or (version > 1 and updated_at < created_at);

-- whoever_has_characters_in_a_game_has_one_default
select player_id, game from profiles.characters group by player_id, game having count(*) filter (where is_default) <> 1;

-- one_character_for_the_platform
select player_id from profiles.characters where game is null group by player_id having count(*) > 1;
