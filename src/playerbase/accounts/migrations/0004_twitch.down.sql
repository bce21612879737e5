alter table accounts.settings drop column twitch_check_minutes;
