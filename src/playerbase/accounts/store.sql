-- settings
-- No row until somebody has decided otherwise.
select confirm_before_play from accounts.settings;

-- put_settings
insert into accounts.settings (confirm_before_play, changed_by, changed_at)
values (:settings.confirm_before_play, :changed_by, :now)
on conflict (only_one) do update
set confirm_before_play = excluded.confirm_before_play, changed_by = excluded.changed_by, changed_at = excluded.changed_at;
