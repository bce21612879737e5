-- put
insert into kit.letters (handler, event, state, attempts, due_at, fault, opened_at)
select :handler, event, state, attempts, due_at, fault, :now
from unnest(
    :failed.event::bigint[], :failed.state::text[], :failed.attempts::int[], :failed.due_at::timestamptz[],
    :failed.fault::text[]
) with ordinality as failed(event, state, attempts, due_at, fault, position)
order by position;

-- put_keys
insert into kit.letter_keys (handler, key, number)
select letter.handler, keyed.key, letter.number
from unnest(:events::bigint[], :keys::text[]) as keyed(event, key)
    join kit.letters as letter on letter.handler = :handler and letter.event = keyed.event;

-- blocked_of
-- Which of these keys an open letter has.
select asked.key
from unnest(:keys::text[]) as asked(key)
where exists (select from kit.letter_keys as open where open.handler = :handler and open.key = asked.key);

-- due
-- Whatever is in retry is the first of its keys: the others are held.
select letter.event, letter.attempts, letter.due_at, letter.fault, event.topic, event.body, event.traceparent
from kit.letters as letter join kit.events as event on event.id = letter.event
where letter.handler = :handler and letter.state = 'retry' and letter.due_at <= :now
order by letter.due_at, letter.number
limit 1;

-- note
update kit.letters
set state = :outcome.state, attempts = :outcome.attempts, due_at = :outcome.due_at, fault = :outcome.fault
where handler = :handler and event = :outcome.event;

-- close
-- What came next under one of its keys, and has nothing else before it, is tried now: its first attempt.
with gone as (
    delete from kit.letters where handler = :handler and event = :event returning number
), following as (
    select distinct later.number
    from gone join kit.letter_keys as mine using (number)
        cross join lateral (
            select later.number
            from kit.letter_keys as later
            where later.handler = mine.handler and later.key = mine.key and later.number > mine.number
            order by later.number
            limit 1
        ) as later
), freed as (
    update kit.letters as letter set state = 'retry', attempts = 0, due_at = :now
    from following
    where letter.number = following.number and letter.state = 'held'
        and not exists (
            select from kit.letter_keys as own join kit.letter_keys as earlier using (handler, key)
            where own.number = letter.number and earlier.number < own.number
                and earlier.number not in (select number from gone)
        )
)
select true from gone;

-- page
select letter.handler, letter.event, letter.state,
    array(select key from kit.letter_keys where number = letter.number order by key), letter.attempts, letter.due_at,
    letter.fault, letter.opened_at, event.event_id, event.topic, event.body, event.told_at
from kit.letters as letter join kit.events as event on event.id = letter.event
where (:state = '' or letter.state = :state) and (letter.handler, letter.event) > (:handler, :event::bigint)
order by letter.handler, letter.event
limit :count;

-- find
select letter.handler, letter.event, letter.state,
    array(select key from kit.letter_keys where number = letter.number order by key), letter.attempts, letter.due_at,
    letter.fault, letter.opened_at, event.event_id, event.topic, event.body, event.told_at
from kit.letters as letter join kit.events as event on event.id = letter.event
where letter.handler = :handler and letter.event = :event;

-- tally
select letter.state, count(*)::int, min(letter.opened_at)
from kit.letters as letter
group by letter.state
order by letter.state;

-- wait_for
-- The same lock for an operator, who waits for the batch under way.
select true from kit.readers where handler = :handler for no key update;

-- revive
-- All attempts anew, from now; what is held has an earlier letter to be replayed first.
update kit.letters set state = 'retry', attempts = 0, due_at = :now
where handler = :handler and event = :event and state in ('dead', 'retry')
returning true;
