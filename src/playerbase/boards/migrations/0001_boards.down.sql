drop schema boards cascade;
