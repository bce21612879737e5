-- Whether a letter tells of a sign-in on a device that was not in the account before.
alter table accounts.settings add column new_device_letters boolean not null default false;
