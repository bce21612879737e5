-- hold_owner
-- Two wishes of one player are counted one after the other.
select pg_advisory_xact_lock(hashtextextended('files ' || :owner_id::uuid::text, 0));

-- use_of
select count(*) filter (where made_at > :since)::int,
    coalesce(sum(size) filter (where state not in ('refused', 'removed')), 0)::bigint
from files.files where owner_id = :owner_id;

-- add
insert into files.files (file_id, owner_id, kind, state, size, media, sha256, made_at, changed_at)
values (
    :file.file_id, :file.owner_id, :file.kind, :file.state, :file.size, :file.media, :file.sha256, :file.made_at,
    :file.changed_at
);

-- file
select file_id, owner_id, kind, state, size, media, sha256, fault, made_at, changed_at
from files.files where file_id = :file_id;

-- files_of
select file_id, owner_id, kind, state, size, media, sha256, fault, made_at, changed_at
from files.files
where owner_id = :owner_id and file_id < :before
order by file_id desc
limit :count;

-- move
-- From one of these states only: whoever comes second changes nothing.
update files.files set state = :state, fault = :fault, changed_at = :now
where file_id = :file_id and state = any(:from_states::text[])
returning file_id, owner_id, kind, state, size, media, sha256, fault, made_at, changed_at;

-- add_variants
insert into files.variants (file_id, width, height, media, size)
select unnest(:variants.file_id::uuid[]), unnest(:variants.width::int[]), unnest(:variants.height::int[]),
    unnest(:variants.media::text[]), unnest(:variants.size::bigint[]);

-- variants
select file_id, width, height, media, size from files.variants where file_id = :file_id order by width desc, media;

-- shown
select file_id, width, height, variants.media, variants.size
from files.variants join files.files using (file_id)
where file_id = :file_id and state in ('ready', 'replaced');

-- drop_variants
delete from files.variants where file_id = :file_id;

-- lapsed
-- What nobody brought to an end, what was replaced long enough ago, and what is over and may be forgotten.
select file_id, owner_id, kind, state, size, media, sha256, fault, made_at, changed_at
from files.files
where (state in ('draft', 'uploaded', 'processing', 'refused', 'removed') and changed_at < :abandoned_before)
    or (state = 'replaced' and changed_at < :replaced_before)
order by changed_at
limit :count;

-- forget
delete from files.files where file_id = any(:file_ids::uuid[]);

-- known
-- Of these, the files whose objects are not to be swept.
select file_id from files.files where file_id = any(:file_ids::uuid[]) and state not in ('refused', 'removed');

-- tally
select kind, state, count(*)::int, sum(size)::bigint from files.files group by kind, state order by kind, state;

-- settings
-- No row until somebody has decided otherwise.
select avatar_bytes_max, banner_bytes_max, uploads_a_day, player_bytes_max, url_seconds, replaced_days,
    abandoned_hours, pixels_max, frames_max
from files.settings;

-- put_settings
insert into files.settings (
    avatar_bytes_max, banner_bytes_max, uploads_a_day, player_bytes_max, url_seconds, replaced_days, abandoned_hours,
    pixels_max, frames_max, changed_by, changed_at
)
values (
    :settings.avatar_bytes_max, :settings.banner_bytes_max, :settings.uploads_a_day, :settings.player_bytes_max,
    :settings.url_seconds, :settings.replaced_days, :settings.abandoned_hours, :settings.pixels_max,
    :settings.frames_max, :changed_by, :now
)
on conflict (only_one) do update
set avatar_bytes_max = excluded.avatar_bytes_max, banner_bytes_max = excluded.banner_bytes_max,
    uploads_a_day = excluded.uploads_a_day, player_bytes_max = excluded.player_bytes_max,
    url_seconds = excluded.url_seconds, replaced_days = excluded.replaced_days,
    abandoned_hours = excluded.abandoned_hours, pixels_max = excluded.pixels_max, frames_max = excluded.frames_max,
    changed_by = excluded.changed_by, changed_at = excluded.changed_at;
