drop schema commerce cascade;
