drop table profiles.titles;
alter table profiles.profiles drop column avatar_file, drop column banner_file, drop column colour;
