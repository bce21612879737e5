drop table ladder.versions, ladder.counts, ladder.moves, ladder.ratings;
drop schema ladder;
