-- keep
insert into kit.kept_keys (label, name, key_sealed, kept_at)
values (:label, :name, :key_sealed, :now)
on conflict do nothing;

-- kept
select label, name, key_sealed from kit.kept_keys order by label, kept_at desc, name;

-- stale_kept
select label, name, key_sealed from kit.kept_keys
where substr(key_sealed, 1, length(:head::bytea)) <> :head
order by label, name
limit :count
for update;

-- reseal_kept
update kit.kept_keys set key_sealed = :key_sealed where label = :label and name = :name;
