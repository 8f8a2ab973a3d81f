-- ACQUIRE: ask for the lease of one entry.  All keys lie in one slot.
-- KEYS: 1 entry  2 lease  3 incarnation  4..3+n group stamps  then the marks of the entry and of each group
-- ARGV: 1 token (16 random bytes, fresh for every sending)  2 lease ms  3 n  4 p: the first p stamps live without a TTL
--       5 ttl ms of the other stamps  6 replication id tag of this connection  7 id (8 bytes) of the entry the caller saw and rejects, '' = none
-- reply: {0} a valid entry is there: read again | {1, V, lease id} granted | {2, V, lease pttl, holder's lease id} somebody loads
--        {3} a writer's mark is open: load, do not store | {4} run ENSURE, then again
local n = tonumber(ARGV[3])
local r = redis.call('MGET', unpack(KEYS, 2, 3 + n))
local lease, inc = r[1], r[2]
if not inc or string.sub(inc, 13) ~= ARGV[6] then return {4} end
if KEYS[4 + n] and redis.call('EXISTS', unpack(KEYS, 4 + n)) > 0 then return {3} end
local p, V, fresh, now = tonumber(ARGV[4]), string.sub(inc, 1, 12), {}, nil
for i = 1, n do
  local s = r[i + 2]
  if not s or #s ~= 12 then                            -- a new stamp, also where garbage lies: never equal to any earlier value of this key
    if not now then local t = redis.call('TIME'); now = struct.pack('>I4I4', t[1], t[2]) end
    s = string.sub(ARGV[1], 1, 4) .. now; fresh[i] = true
    if i <= p then redis.call('SET', KEYS[3 + i], s) else redis.call('SET', KEYS[3 + i], s, 'PX', ARGV[5]) end
  end
  V = V .. s
end
local h = redis.call('GETRANGE', KEYS[1], 2, 11 + #V)  -- n, m, id, V
if h ~= '' and string.sub(h, 3, 10) ~= ARGV[7] and string.byte(h, 1) == n + 1 and string.sub(h, 11) == V then return {0} end
if lease and string.sub(lease, 26) == V then           -- a live lease of the same generation
  local id = string.sub(lease, 2, 25)
  if string.sub(id, 1, 16) == ARGV[1] then return {1, V, id} end
  return {2, V, redis.call('PTTL', KEYS[2]), id}
end
for i = p + 1, n do                                    -- re-arm a stamp's TTL below half
  if not fresh[i] and redis.call('PTTL', KEYS[3 + i]) * 2 < tonumber(ARGV[5]) then redis.call('PEXPIRE', KEYS[3 + i], ARGV[5]) end
end
if not now then local t = redis.call('TIME'); now = struct.pack('>I4I4', t[1], t[2]) end
local id = ARGV[1] .. now
redis.call('SET', KEYS[2], 'L' .. id .. V, 'PX', ARGV[2])   -- free, or its holder is doomed: take it
return {1, V, id}
