drop table identity.merge_requests, identity.links;
alter table identity.identities drop column sealed;
