drop table statistics.settings, statistics.pairs, statistics.applied, statistics.counts;
drop schema statistics;
