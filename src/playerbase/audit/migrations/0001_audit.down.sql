drop table audit.verdicts, audit.heads, audit.entries;
drop function audit.refuse;
drop schema audit;
