drop schema federation cascade;
