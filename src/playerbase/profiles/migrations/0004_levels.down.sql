alter table profiles.profiles drop column level_reached, drop column level_xp;
alter table profiles.settings drop column level_xp;
