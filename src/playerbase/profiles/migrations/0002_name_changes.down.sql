drop table profiles.name_changes, profiles.settings;
