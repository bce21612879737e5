-- what_is_ready_can_be_shown
select file_id from files.files
where state in ('ready', 'replaced') and not exists (select from files.variants where variants.file_id = files.file_id);

-- nothing_else_can_be_shown
select file_id from files.files
where state not in ('ready', 'replaced') and exists (select from files.variants where variants.file_id = files.file_id);

-- every_width_has_a_fallback
select file_id, width from files.variants group by file_id, width
having count(*) filter (where media = 'image/webp') <> 1 or count(*) filter (where media <> 'image/webp') <> 1;
