-- every_slot_has_its_latest_version
-- Of the last day, so that the question stays cheap on a schedule.
select slot.player_id, slot.game, slot.slot
from progression.slots as slot
where slot.saved_at > (select max(saved_at) from progression.slots) - interval '1 day'
    and not exists (
        select from progression.versions as kept
        where (kept.player_id, kept.game, kept.slot, kept.version) = (slot.player_id, slot.game, slot.slot, slot.version)
            and kept.saved_at = slot.saved_at
    );

-- no_version_is_beyond_its_slot
select kept.player_id, kept.game, kept.slot, kept.version
from progression.versions as kept
left join progression.slots as slot using (player_id, game, slot)
where slot.version is null or kept.version > slot.version;

-- declarations_follow_one_another
select game from progression.declarations group by game having max(version) <> count(*);
