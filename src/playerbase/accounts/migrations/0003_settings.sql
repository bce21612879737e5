create schema if not exists accounts;

-- What an operator decides about accounts: one row, and without it the defaults.
create table accounts.settings (
    only_one            boolean primary key default true check (only_one),
    confirm_before_play boolean not null,
    changed_by          text not null,
    changed_at          timestamptz not null
);
