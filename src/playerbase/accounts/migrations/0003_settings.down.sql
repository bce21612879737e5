drop table accounts.settings;
