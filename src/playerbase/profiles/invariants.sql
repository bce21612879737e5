-- levels_follow_from_experience
select player_id from profiles.profiles where level <> greatest(1, floor(sqrt(total_xp / 100)));

-- every_change_counts
select player_id from profiles.profiles where version < 1 or (version > 1 and updated_at < created_at);
