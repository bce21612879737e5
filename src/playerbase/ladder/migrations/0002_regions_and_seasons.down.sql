drop table ladder.archive, ladder.closes, ladder.region_counts;
alter table ladder.ratings drop column region;
alter table ladder.moves drop column played_at;
