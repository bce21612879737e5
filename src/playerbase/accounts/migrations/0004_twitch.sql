-- How often the tokens of Twitch are checked: it wants that every hour, so no rarer.
alter table accounts.settings
    add column twitch_check_minutes int not null default 60 check (twitch_check_minutes between 30 and 60);
