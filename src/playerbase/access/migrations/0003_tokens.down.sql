drop table access.known_devices;
drop table access.one_time;
alter table access.credentials drop column confirm_first;
