-- a_completed_delivery_has_one_success
select delivery_id
from fulfilment.deliveries
where state = 'completed' and (
    select count(*)
    from fulfilment.attempts
    where attempts.delivery_id = deliveries.delivery_id and what = 'deliver' and outcome = 'succeeded'
) <> 1;

-- a_letter_holds_as_many_codes_as_were_bought
select delivery_id
from fulfilment.deliveries
where kind = 'email' and (
    select count(*) from fulfilment.codes where codes.delivery_id = deliveries.delivery_id
) <> case
    when state = 'completed' then quantity
    else (select case when count(*) = 0 then 0 else quantity end from fulfilment.codes where codes.delivery_id = deliveries.delivery_id)
end;

-- codes_go_with_letters_alone
select code_id
from fulfilment.codes join fulfilment.deliveries on deliveries.delivery_id = codes.delivery_id
where kind <> 'email';

-- what_is_open_will_be_looked_at
-- Due at some moment, or waiting for something that wakes it.
select delivery_id
from fulfilment.deliveries
where state in ('pending', 'processing') and due_at is null and waits_for not in ('codes', 'address');

-- what_has_ended_holds_no_lease
select delivery_id
from fulfilment.deliveries
where state in ('completed', 'failed', 'cancelled') and (lease is not null or due_at is not null);
