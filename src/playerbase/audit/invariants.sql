-- heads_stand_on_the_last_rows
select head.chain, head.seq
from audit.heads as head
left join audit.starts as start on start.chain = head.chain and start.seq = head.seq
left join audit.entries as entry on entry.chain = head.chain and entry.seq = head.seq
where head.seq > 0 and coalesce(entry.hash, start.hash) is distinct from head.hash;

-- chains_have_no_gaps
select head.chain
from audit.heads as head
join audit.starts as start using (chain)
left join audit.entries as entry using (chain)
group by head.chain, head.seq, start.seq
having count(entry.seq) <> head.seq - start.seq
    or coalesce(max(entry.seq), start.seq) <> head.seq
    or coalesce(min(entry.seq), start.seq + 1) <> start.seq + 1;
