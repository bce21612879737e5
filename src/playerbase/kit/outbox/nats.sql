-- place_carrier
-- A row among the readers, so that nothing is forgotten before it is carried.
insert into kit.readers (handler, topics, read_id, seen_at)
select :handler, '{*}', last_value - (not is_called)::int, :now from kit.events_id_seq
on conflict (handler) do update set seen_at = excluded.seen_at;

-- meet_stream
-- Which making of the stream the position belongs to; no row the first time.
select made_at, position from kit.streams where stream = :stream;

-- adopt_stream
insert into kit.streams (stream, made_at, position) values (:stream, :made_at, 0)
on conflict (stream) do update set made_at = excluded.made_at, position = 0;

-- rewind_carrier
update kit.readers set read_id = 0 where handler = :handler;

-- carrier_position
select read_id from kit.readers where handler = :handler;

-- next_own
-- Our own facts only: what came from elsewhere is there already.
select id, event_id, topic, body, traceparent, told_at
from kit.events
where id > :after and id <= :until and origin is null
order by id
limit :count;

-- move_carrier
-- No row when another carrier was faster, or found the stream made anew.
update kit.readers as reader set read_id = :until, read_at = :now, seen_at = :now
from kit.streams as stream
where reader.handler = :handler and reader.read_id = :after
    and stream.stream = :stream and stream.made_at = :made_at
returning true;

-- move_stream
-- No row when another receiver was faster, or found the stream made anew. Held until the copies are committed.
update kit.streams set position = :until
where stream = :stream and made_at = :made_at and position = :after
returning true;

-- copy_events
-- What nobody here listens to is left where it is: a reader hears what is told after it came.
insert into kit.events (event_id, topic, body, traceparent, told_at, origin)
select event_id, topic, body, traceparent, told_at, origin
from unnest(
    :carried.event_id::uuid[], :carried.topic::text[], :carried.body::json[], :carried.traceparent::text[],
    :carried.told_at::timestamptz[], :carried.origin::uuid[]
) with ordinality as carried(event_id, topic, body, traceparent, told_at, origin, position)
where topic in (select unnest(topics) from kit.readers)
order by position
on conflict (event_id) where origin is not null do nothing;
