drop table games.games;
drop schema games;
