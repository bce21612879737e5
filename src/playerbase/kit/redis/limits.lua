-- Rate limits, many at once: KEYS are what is counted; ARGV[1] packs count, window (ms) of each.
-- Returns, packed: allowed (1 or 0), how many more would be let through, and the ms after which one more fits.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local asked = cmsgpack.unpack(ARGV[1])
local out = {}

-- Small counts are exact: the moments of the last hits themselves, newest first, none older than the window.
local function by_log(key, count, window)
  local oldest = redis.call('LINDEX', key, -1)
  while oldest and tonumber(oldest) <= now - window do
    redis.call('RPOP', key)
    oldest = redis.call('LINDEX', key, -1)
  end
  local held = oldest and redis.call('LLEN', key) or 0
  if held < count then
    redis.call('LPUSH', key, now)
    redis.call('PEXPIRE', key, window)
    return 1, count - held - 1, (oldest and tonumber(oldest) or now) + window - now
  end
  -- A count that was lowered meanwhile leaves more hits than fit: the one that matters is the count-th newest.
  local last = tonumber(redis.call('LINDEX', key, count - 1))
  return 0, 0, math.max(1, last + window - now)
end

-- Large ones keep two numbers: this window's hits and the last one's, which weigh less as the window passes,
-- so nobody gets twice the count by straddling a boundary.
local function by_sum(key, count, window)
  local slot, passed = math.floor(now / window), now % window
  local kept = redis.call('HMGET', key, 's', 'c', 'p')
  local current, previous = 0, 0
  if kept[1] then
    local ago = slot - tonumber(kept[1])
    if ago == 0 then current, previous = tonumber(kept[2]), tonumber(kept[3])
    elseif ago == 1 then previous = tonumber(kept[2]) end
  end
  local used = current + previous * (window - passed) / window
  if used + 1 <= count then
    redis.call('HSET', key, 's', slot, 'c', current + 1, 'p', previous)
    redis.call('PEXPIRE', key, 2 * window)
    return 1, math.floor(count - used - 1), window - passed
  end
  -- In this window, if the last one's weight can fall far enough, else in the next.
  local wait
  if current + 1 <= count then
    wait = window - (count - 1 - current) * window / previous - passed
  else
    wait = window - passed + window - (count - 1) * window / current
  end
  return 0, 0, math.max(1, math.ceil(wait))
end

for i, key in ipairs(KEYS) do
  local count, window = asked[2 * i - 1], asked[2 * i]
  local decide = string.sub(key, 1, 12) == '{limits}:log' and by_log or by_sum
  local allowed, remaining, wait = decide(key, count, window)
  out[3 * i - 2], out[3 * i - 1], out[3 * i] = allowed, remaining, wait
end
return cmsgpack.pack(out)
