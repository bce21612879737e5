drop table profiles.characters;
alter table profiles.settings drop column characters_max;
