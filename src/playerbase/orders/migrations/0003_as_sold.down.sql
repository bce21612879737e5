alter table orders.lines drop column draws;
