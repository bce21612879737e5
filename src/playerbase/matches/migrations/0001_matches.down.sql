drop table matches.appearances, matches.matches;
drop schema matches;
