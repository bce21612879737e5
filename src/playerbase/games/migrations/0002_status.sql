-- Whether a title is still run: a retired one keeps its history, and nothing new is made for it.
alter table games.games add column status text not null default 'active' check (status in ('active', 'retired'));
