-- what_is_counted_was_posted_or_is_withheld
-- What the ledger has of it, the ledger's own proof holds; here is that every gift with amounts names its transaction.
select gift_id from rewards.gifts
where (transaction_id is null) <> (
    json_array_length(contents -> 'amounts') = 0
    and not exists (select from json_array_elements(contents -> 'items') as item where item ->> 'asset' is not null)
);

-- only_what_is_counted_is_withheld
select gift_id from rewards.gifts where withheld <> '' and transaction_id is null;

-- titles_are_those_of_their_gifts
select coalesce(gift.gift_id, title.gift_id), coalesce(gift.title, title.title)
from (
    select gift_id, player_id, taken_at, json_array_elements_text(contents -> 'titles') as title from rewards.gifts
) as gift
    full join rewards.titles as title
        on title.gift_id = gift.gift_id and title.title = gift.title and title.player_id = gift.player_id
        and (title.taken_at is null) = (gift.taken_at is null)
where gift.gift_id is null or title.gift_id is null;

-- what_was_taken_is_written_down
select gift_id from rewards.gifts where taken is not null and taken -> 'items' is null;
