-- present
select kit.complete_until();

-- next_of_all
select id, topic, body, traceparent
from kit.events
where id > :after and id <= :until
order by id
limit :count;
