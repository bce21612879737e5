drop table kit.clock, kit.limits, kit.idempotency, kit.workers, kit.schedules, kit.jobs, kit.streams, kit.letter_keys,
    kit.letters, kit.marks, kit.readers, kit.origin, kit.events;
drop function kit.complete_until, kit.begin_telling;
