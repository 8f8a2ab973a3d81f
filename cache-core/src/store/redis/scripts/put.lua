-- PUT: `set` by hand.  A load that began earlier loses its lease; the last put wins.
-- KEYS: 1 entry  2 lease  3 incarnation  4..3+n group stamps  then the marks of the entry and of each group
-- ARGV: 1 token (16 random bytes)  2 n  3 p  4 stamp ttl ms  5 replication id tag  6 envelope head (12 bytes)  7 hard ttl ms  8 rest of the envelope
-- reply: {1, V} stored | {3} a writer's mark is open: not stored | {4} run ENSURE, then again
local n, p = tonumber(ARGV[2]), tonumber(ARGV[3])
local r = redis.call('MGET', unpack(KEYS, 3, 3 + n))
local inc = r[1]
if not inc or string.sub(inc, 13) ~= ARGV[5] then return {4} end
if KEYS[4 + n] and redis.call('EXISTS', unpack(KEYS, 4 + n)) > 0 then return {3} end
local t = redis.call('TIME')
local now, V = struct.pack('>I4I4', t[1], t[2]), string.sub(inc, 1, 12)
for i = 1, n do
  local s = r[i + 1]
  if not s or #s ~= 12 then
    s = string.sub(ARGV[1], 1, 4) .. now
    if i <= p then redis.call('SET', KEYS[3 + i], s) else redis.call('SET', KEYS[3 + i], s, 'PX', ARGV[4]) end
  end
  V = V .. s
end
redis.call('DEL', KEYS[2])
redis.call('SET', KEYS[1], ARGV[6] .. V .. now .. ARGV[8], 'PX', ARGV[7])
return {1, V}
