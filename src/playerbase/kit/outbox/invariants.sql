-- held_letters_wait_for_another
-- One that waits for nothing would never be delivered.
select letter.handler, letter.event
from kit.letters as letter
where letter.state = 'held' and not exists (
    select
    from kit.letter_keys as own join kit.letter_keys as earlier using (handler, key)
    where own.number = letter.number and earlier.number < own.number
);

-- letters_on_trial_are_the_first_of_their_keys
-- Or an effect would come before one that it follows.
select letter.handler, letter.event
from kit.letters as letter
where letter.state <> 'held' and exists (
    select
    from kit.letter_keys as own join kit.letter_keys as earlier using (handler, key)
    where own.number = letter.number and earlier.number < own.number
);
