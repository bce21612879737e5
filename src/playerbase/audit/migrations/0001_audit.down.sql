drop table audit.verdicts, audit.retention, audit.starts, audit.heads, audit.entries;
drop function audit.let_go, audit.refuse;
drop schema audit;
