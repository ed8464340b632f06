-- Change a session: compare revision and epoch, then state, event, first answer and bell in one step.
-- KEYS: 1 state, 2 ctl, 3 cmd
-- ARGV: 1 epoch expected ('' = there must be no state yet), 2 revision expected, 3 new state, 4 new revision,
--       5 command id ('' = none), 6 its mark, 7 event ('' = none), 8 audit seq, 9 bell, 10 most events, 11 ms of a mark
-- Answer: {'ok'} | {'seen', mark} | {'conflict', current state or ''}
if ARGV[5] ~= '' then
  local mark = redis.call('HGET', KEYS[3], ARGV[5])
  if mark then return {'seen', mark} end
end
local head = redis.call('GETRANGE', KEYS[1], 0, 199)
if ARGV[1] == '' then
  if head ~= '' then return {'conflict', redis.call('GET', KEYS[1])} end
  redis.call('DEL', KEYS[2]) -- what is left of a lost session would refuse the new numbers
else
  local rev, epoch = string.match(head, '^{"v":1,"rev":(%d+),"epoch":"([^"]*)"')
  if rev ~= ARGV[2] or epoch ~= ARGV[1] then
    return {'conflict', redis.call('GET', KEYS[1]) or ''}
  end
end
if ARGV[7] ~= '' then -- first, because only this can fail
  redis.call('XADD', KEYS[2], ARGV[4] .. '-0', 'p', ARGV[7], 's', ARGV[8], 'c', ARGV[5])
end
redis.call('SET', KEYS[1], ARGV[3])
if ARGV[5] ~= '' then
  redis.call('HSET', KEYS[3], ARGV[5], ARGV[6])
  redis.call('PEXPIRE', KEYS[3], ARGV[11])
end
local extra = redis.call('XLEN', KEYS[2]) - tonumber(ARGV[10])
if extra > 0 then -- a mark goes with its event, so that both are bounded
  for _, entry in ipairs(redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', extra)) do
    redis.call('HDEL', KEYS[3], entry[2][6])
  end
  redis.call('XTRIM', KEYS[2], 'MAXLEN', '=', ARGV[10])
end
redis.call('PUBLISH', ARGV[9], 'ev')
return {'ok'}
