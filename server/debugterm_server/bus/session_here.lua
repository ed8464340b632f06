-- Refresh, change or remove presence of connections, and forget those that nobody refreshed.
-- KEYS: 1 hash connection -> presence, 2 zset connection -> ms of its last refresh
-- ARGV: 1 ms until a connection is dead, 2 bell, then pairs: connection, presence ('' removes it)
-- Answer: every presence. The clock is Redis's own: hubs may disagree about time.
local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
local changed = false
for i = 3, #ARGV, 2 do
  local conn, presence = ARGV[i], ARGV[i + 1]
  if presence == '' then
    changed = redis.call('HDEL', KEYS[1], conn) == 1 or changed
    redis.call('ZREM', KEYS[2], conn)
  else
    if redis.call('HGET', KEYS[1], conn) ~= presence then
      redis.call('HSET', KEYS[1], conn, presence)
      changed = true
    end
    redis.call('ZADD', KEYS[2], string.format('%.0f', now), conn)
  end
end
local dead = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', string.format('%.0f', now - tonumber(ARGV[1])))
for _, conn in ipairs(dead) do
  redis.call('HDEL', KEYS[1], conn)
  redis.call('ZREM', KEYS[2], conn)
  changed = true
end
if #ARGV > 2 then
  redis.call('PEXPIRE', KEYS[1], ARGV[1] * 2)
  redis.call('PEXPIRE', KEYS[2], ARGV[1] * 2)
end
if changed then redis.call('PUBLISH', ARGV[2], 'here') end
return redis.call('HVALS', KEYS[1])
