drop table access.policies;
alter table access.sessions drop authenticated_at, drop amr;
drop table access.challenges;
drop table access.recovery_codes;
drop table access.factors;
