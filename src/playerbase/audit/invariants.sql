-- heads_stand_on_the_last_rows
select head.chain, head.seq
from audit.heads as head
left join audit.entries as entry on entry.chain = head.chain and entry.seq = head.seq
where head.seq > 0 and entry.hash is distinct from head.hash;

-- chains_have_no_gaps
select head.chain
from audit.heads as head
left join audit.entries as entry using (chain)
group by head.chain, head.seq
having count(entry.seq) <> head.seq or coalesce(max(entry.seq), 0) <> head.seq or coalesce(min(entry.seq), 1) <> 1;
