drop table identity.bans;
