drop index orders.things_thing_id_idx;
alter table orders.things drop column is_let_be;
drop table orders.findings;
drop table orders.signs;
