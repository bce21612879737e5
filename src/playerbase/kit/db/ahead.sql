-- ahead
select ahead from kit.clock;

-- set_ahead
insert into kit.clock (ahead) values (:ahead) on conflict (only_one) do update set ahead = excluded.ahead;
