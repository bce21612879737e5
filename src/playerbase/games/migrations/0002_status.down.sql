alter table games.games drop column status;
