drop schema rewards cascade;
