drop schema friends cascade;
