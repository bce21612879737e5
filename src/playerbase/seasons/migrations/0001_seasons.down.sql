drop schema seasons cascade;
