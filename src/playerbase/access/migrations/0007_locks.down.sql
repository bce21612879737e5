drop index access.failures_locked_until_account_idx;
alter table access.failures drop column sources, drop column failed, drop column scope, drop column player_id;
