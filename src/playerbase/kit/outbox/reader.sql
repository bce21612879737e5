-- place
-- Known readers keep their place; a new one hears what is told from now on.
with placed as (
    insert into kit.readers (handler, topics, read_id, seen_at)
    select :handler, :topics, last_value - (not is_called)::int, :now from kit.events_id_seq
    on conflict (handler) do update set topics = excluded.topics, seen_at = excluded.seen_at
    returning handler
)
insert into kit.marks (handler) select handler from placed on conflict do nothing;

-- see
-- Noted once an hour is enough: what nobody has seen for a month no longer holds the log.
update kit.readers set seen_at = :now
where handler = any(:handlers) and seen_at < :now::timestamptz - interval '1 hour';

-- stirring
-- Which of these have something to do, the longest unserved first; and which of them must run alone.
-- Looks at one index entry per reader and topic, however long the log. Topic and id are compared as a pair, which the index
-- of both can do alone: along the ids, all would be read that was told since a reader of something rare had its turn.
select reader.handler, mark.suspects > 0
from (select kit.complete_until() as id) as complete
    cross join kit.readers as reader join kit.marks as mark using (handler)
where reader.handler = any(:handlers)
    and (
        exists (
            select from unnest(reader.topics) as topics(topic) cross join lateral (
                select topic, id from kit.events as event
                where (event.topic, event.id) > (topics.topic, reader.read_id)
                order by event.topic, event.id limit 1
            ) as next
            where next.topic = topics.topic and next.id <= complete.id
        )
        or exists (
            select from kit.letters as letter
            where letter.handler = reader.handler and letter.state = 'retry' and letter.due_at <= :now
        )
    )
order by reader.read_at nulls first;

-- lock
-- No row while another worker holds this reader, or while a newer release reads other topics under its name.
-- Not "for update": letters refer to the row.
select read_id
from kit.readers
where handler = :handler and topics = :topics
for no key update skip locked;

-- standing
-- Asked once the lock is held, since what the locking statement itself sees may be older.
select mark.suspects, mark.deaths,
    exists (select from kit.letters where handler = :handler),
    exists (select from kit.letters where handler = :handler and state = 'retry' and due_at <= :now),
    kit.complete_until()
from kit.marks as mark
where mark.handler = :handler;

-- next_events
-- Each topic is walked along its own index, and no further than needed.
select event.id, event.topic, event.body, event.traceparent
from unnest(:topics::text[]) as topics(topic)
    cross join lateral (
        select id, topic, body, traceparent
        from kit.events
        where (topic, id) > (topics.topic, :after) and (topic, id) <= (topics.topic, :until)
        order by topic, id
        limit :count
    ) as event
order by event.id
limit :count;

-- advance
with ended as (
    update kit.marks set suspects = :suspects, deaths = 0
    where handler = :handler and (suspects, deaths) <> (:suspects, 0)
)
update kit.readers set read_id = :read_id, read_at = :now where handler = :handler;

-- mark
-- Need not wait for the disk: it only has to outlive this process.
update kit.marks set suspects = :suspects, deaths = :deaths
from (select set_config('synchronous_commit', 'off', true)) as quickly
where handler = :handler;

-- begin_attempt
savepoint attempt;

-- keep_attempt
release savepoint attempt;

-- undo_attempt
rollback to savepoint attempt;

-- backlog
-- How many events each reader has yet to read, counted no further than :most.
select reader.handler, reader.read_at, waiting.count, waiting.oldest
from kit.readers as reader cross join lateral (
    select count(*)::int, min(told_at) as oldest
    from (
        select event.told_at
        from kit.events as event
        where event.id > reader.read_id
            and (event.topic = any(reader.topics) or '*' = any(reader.topics) and event.origin is null)
        limit :most
    ) as event
) as waiting
order by reader.handler;

-- purge
-- What is old, read by all who hear it, and in no letter; in slices. A reader that nobody has seen for a month has
-- been renamed or removed, and holds nothing any more.
delete from kit.events
where id in (
    select event.id
    from kit.events as event
    where event.told_at < :before
        and (event.origin is null or event.told_at < :before_carried)
        and not exists (select from kit.letters as letter where letter.event = event.id)
        and not exists (
            select from kit.readers as reader
            where reader.read_id < event.id
                and (event.topic = any(reader.topics) or '*' = any(reader.topics) and event.origin is null)
                and reader.seen_at > :now::timestamptz - interval '30 days'
        )
    limit :count
)
returning id;
