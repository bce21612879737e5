alter table orders.suspects drop column cleared_at;
