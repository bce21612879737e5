drop table access.known_devices;
drop table access.one_time;
