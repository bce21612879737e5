-- What is kept under KEYS[1]. If nothing is, the caller's lease ARGV[1] is put there for ARGV[2] seconds: what the
-- caller loads may be kept only while its lease lies there, so whatever drops the key in between beats the load.
local kept = redis.call('GET', KEYS[1])
if not kept then redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2]) end
return kept
