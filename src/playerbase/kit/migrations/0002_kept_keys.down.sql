drop table kit.kept_keys;
