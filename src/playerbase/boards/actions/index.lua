-- The index of one part of a run. KEYS: order (a sorted set), members (a hash), ahead (a set); the same three of what is
-- built beside them. ARGV[1] says what is to be done; rows are packed: player, version, high, member.
--
-- members holds for each player the version of what was written last and the member in the order, or nothing after the
-- version for who is not to be seen; under '' how many those are, under 'v' up to which version no commit is missing.
-- Later ones wait in ahead. An index whose numbers do not agree, or that is gone, is not asked.
local AHEAD_MAX = 10000
local BESIDE_SECONDS = 900
local NOWHERE = 2 ^ 53 -- As high: not to be seen.
local ROW = '>c16I8I8c24'
local word = ARGV[1]

local function version_in(members)
  return tonumber(redis.call('HGET', members, 'v') or '-2')
end

local function is_whole(order, members)
  local kept = redis.call('HMGET', members, '', 'v')
  if not kept[1] or not kept[2] then return false end
  return redis.call('HLEN', members) - 2 - tonumber(kept[1]) == redis.call('ZCARD', order)
end

-- An older write never wins.
local function write(order, members, rows)
  local at = 1
  while at <= #rows do
    local player, version, high, member
    player, version, high, member, at = struct.unpack(ROW, rows, at)
    if high == NOWHERE then member = '' end
    local held = redis.call('HGET', members, player)
    if not held or struct.unpack('>I8', held) < version then
      if held then
        if #held > 8 then redis.call('ZREM', order, string.sub(held, 9)) else redis.call('HINCRBY', members, '', -1) end
      end
      if #member > 0 then redis.call('ZADD', order, high, member) else redis.call('HINCRBY', members, '', 1) end
      redis.call('HSET', members, player, struct.pack('>I8', version) .. member)
    end
  end
end

local function follow(members, ahead, reached)
  while redis.call('SREM', ahead, reached + 1) == 1 do reached = reached + 1 end
  redis.call('HSET', members, 'v', reached)
end

local function advance(order, members, ahead, version)
  local reached = version_in(members)
  if version == reached + 1 then
    follow(members, ahead, version)
  elseif version > reached then
    redis.call('SADD', ahead, version)
    if redis.call('SCARD', ahead) > AHEAD_MAX then redis.call('UNLINK', order, members, ahead) end
  end
end

local function put(at, version, rows)
  local order, members, ahead = KEYS[at], KEYS[at + 1], KEYS[at + 2]
  if redis.call('HEXISTS', members, '') == 0 then return end
  write(order, members, rows)
  advance(order, members, ahead, version)
end

local function rows_of(first, last)
  local found = redis.call('ZRANGE', KEYS[1], first, last, 'WITHSCORES')
  local out = {}
  for i = 1, #found, 2 do out[#out + 1] = struct.pack('>I8', tonumber(found[i + 1])) .. found[i] end
  return table.concat(out)
end

-- How many stand above a place, whether somebody stands there or not.
local function above(high, member)
  local rank = redis.call('ZRANK', KEYS[1], member)
  local score = rank and redis.call('ZSCORE', KEYS[1], member)
  if rank and tonumber(score) == high then return rank, true end
  if rank then return rank, false end
  redis.call('ZADD', KEYS[1], high, member)
  rank = redis.call('ZRANK', KEYS[1], member)
  redis.call('ZREM', KEYS[1], member)
  return rank, false
end

local shapes = {t = '>I8', a = '>c16I8', s = '>c16', n = '>I8c24I8'}
local answers = {
  -- The first so many.
  t = function(count) return rows_of(0, count - 1) end,
  -- Where a player stands, and as many rows around as fit.
  a = function(player, each_side)
    local held = redis.call('HGET', KEYS[2], player)
    if not held or #held <= 8 then return '' end
    local rank = redis.call('ZRANK', KEYS[1], string.sub(held, 9))
    local first = math.max(0, math.min(rank - each_side, redis.call('ZCARD', KEYS[1]) - 1 - 2 * each_side))
    return struct.pack('>I8I8', rank, first) .. rows_of(first, first + 2 * each_side)
  end,
  -- The entry of a player.
  s = function(player)
    local held = redis.call('HGET', KEYS[2], player)
    if not held or #held <= 8 then return '' end
    local member = string.sub(held, 9)
    return struct.pack('>I8', tonumber(redis.call('ZSCORE', KEYS[1], member))) .. member
  end,
  -- How many stand above a place in this part, and so many rows on each side of it.
  n = function(high, member, each_side)
    local rank = above(high, member)
    local first = math.max(0, rank - each_side)
    return struct.pack('>I8I8', rank, first) .. rows_of(first, rank + each_side)
  end,
}

if word == 'read' then
  if not is_whole(KEYS[1], KEYS[2]) then return {} end
  local out = {struct.pack('>I8I8', version_in(KEYS[2]), redis.call('ZCARD', KEYS[1]))}
  for i = 2, #ARGV do
    local kind = string.sub(ARGV[i], 1, 1)
    out[i] = answers[kind](struct.unpack(shapes[kind], ARGV[i], 2))
  end
  return out
elseif word == 'put' then
  -- The first commit of a run is all there is of it.
  local version = tonumber(ARGV[2])
  if version == 1 and redis.call('EXISTS', KEYS[2]) == 0 then redis.call('HSET', KEYS[2], '', 0, 'v', 0) end
  put(1, version, ARGV[3])
  put(4, version, ARGV[3])
elseif word == 'begin' then
  redis.call('UNLINK', KEYS[4], KEYS[5], KEYS[6])
  redis.call('HSET', KEYS[5], '', 0, 'v', -2, 'lease', ARGV[2])
  redis.call('EXPIRE', KEYS[5], BESIDE_SECONDS)
elseif word == 'load' then
  if redis.call('HGET', KEYS[5], 'lease') ~= ARGV[2] then return 0 end
  write(KEYS[4], KEYS[5], ARGV[3])
  for at = 4, 6 do redis.call('EXPIRE', KEYS[at], BESIDE_SECONDS) end
elseif word == 'finish' then
  if redis.call('HGET', KEYS[5], 'lease') ~= ARGV[2] then return 0 end
  local reached = tonumber(ARGV[3])
  for _, each in ipairs(redis.call('SMEMBERS', KEYS[6])) do
    if tonumber(each) <= reached then redis.call('SREM', KEYS[6], each) end
  end
  redis.call('HDEL', KEYS[5], 'lease')
  follow(KEYS[5], KEYS[6], reached)
  -- Renaming onto what is there would wait until all of it is freed.
  redis.call('UNLINK', KEYS[1], KEYS[2], KEYS[3])
  for at = 4, 6 do
    if redis.call('EXISTS', KEYS[at]) == 1 then
      redis.call('PERSIST', KEYS[at])
      redis.call('RENAME', KEYS[at], KEYS[at - 3])
    end
  end
elseif word == 'drop' then
  redis.call('UNLINK', KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6])
end
return 1
