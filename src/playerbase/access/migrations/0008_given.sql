-- A password that was made for somebody: whoever made it has seen it, and it may stand in a terminal's history.
alter table access.credentials add column is_given boolean not null default false;
