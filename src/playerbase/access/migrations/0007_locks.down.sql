alter table access.failures drop column sources, drop column failed, drop column scope, drop column player_id;
