-- take_in
-- Whoever comes second with the same name, or the same words on the same topic, waits for the first and gets no row.
insert into fulfilment.inbox (source, event_id, topic, body_hash, outcome, received_at)
values (:source, :event_id, :topic, :body_hash, '', :now)
on conflict do nothing
returning event_id;

-- is_known
select exists (select from fulfilment.inbox where source = :source and event_id = :event_id);

-- note_heard
update fulfilment.inbox
set delivery_id = :delivery_id, outcome = :outcome
where source = :source and event_id = :event_id;

-- forget_heard
delete from fulfilment.inbox
where (source, event_id) in (
    select source, event_id from fulfilment.inbox where received_at < :before order by received_at limit :count
)
returning event_id;
