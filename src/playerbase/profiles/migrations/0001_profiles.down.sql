drop schema profiles cascade;
