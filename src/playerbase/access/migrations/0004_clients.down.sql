alter table access.signing_keys drop column made_why;
alter table access.api_keys drop column rotated_to;
drop table access.clients;
