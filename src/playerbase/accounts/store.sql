-- settings
-- No row until somebody has decided otherwise.
select confirm_before_play, twitch_check_minutes, new_device_letters from accounts.settings;

-- put_settings
insert into accounts.settings (confirm_before_play, twitch_check_minutes, new_device_letters, changed_by, changed_at)
values (
    :settings.confirm_before_play, :settings.twitch_check_minutes, :settings.new_device_letters, :changed_by, :now
)
on conflict (only_one) do update
set confirm_before_play = excluded.confirm_before_play, twitch_check_minutes = excluded.twitch_check_minutes,
    new_device_letters = excluded.new_device_letters, changed_by = excluded.changed_by, changed_at = excluded.changed_at;
