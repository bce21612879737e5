-- append
insert into kit.events (event_id, topic, body, traceparent, told_at)
select unnest(:entries.event_id::uuid[]), unnest(:entries.topic::text::text[]), unnest(:entries.body::text::json[]),
    unnest(:entries.traceparent::text::text[]), :now;
