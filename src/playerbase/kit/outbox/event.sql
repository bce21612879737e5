-- append
insert into kit.events (event_id, topic, body, traceparent, told_at)
select event_id, topic, body, traceparent, :now
from unnest(
    :entries.event_id::uuid[], :entries.topic::text[], :entries.body::json[], :entries.traceparent::text[]
) as told(event_id, topic, body, traceparent);
