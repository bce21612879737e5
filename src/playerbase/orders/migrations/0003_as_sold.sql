-- Which stocks a line drew on, [[item, how many of it in one]]: the catalog of today does not know it. Of lines from
-- before nobody does, so their refunds put nothing back for sale.
alter table orders.lines add column draws json not null default '[]';
