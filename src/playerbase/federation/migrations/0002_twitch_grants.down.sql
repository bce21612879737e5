drop table federation.twitch_checks;
drop table federation.twitch_grants;
