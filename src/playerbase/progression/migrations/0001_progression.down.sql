drop schema progression cascade;
