alter table accounts.settings drop column new_device_letters;
