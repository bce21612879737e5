-- When somebody let a player's orders through again: what was earned before that is not held against them once more.
alter table orders.suspects add column cleared_at timestamptz;
