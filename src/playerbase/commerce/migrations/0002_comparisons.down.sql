drop table commerce.comparisons;
drop index commerce.exceptions_order_id_idx;
drop index commerce.orders_granted_at_idx;
drop index commerce.refunds_applied_at_idx;
