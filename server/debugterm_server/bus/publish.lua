-- Append the entries of one batch and its marker: all or nothing, in one step.
-- KEYS: 1 log stream, 2 metric stream, 3 meta, 4 producers, 5.. the batch markers of the last 25 hours, newest first
-- ARGV: 1 kind of batch id ('' | 'prod' | 'foreign'), 2 id, 3 number, 4 most markers an hour, 5 fresh stream uuid,
--       6 count of entries, then for each: stream (1 or 2), rows, bytes, count of fields, fields...
-- Answer: {'new' | 'seen' | 'stale' | 'full', first id, last id of the log entries}
local kind, id, number = ARGV[1], ARGV[2], tonumber(ARGV[3])
if kind == 'prod' then
  local known = redis.call('HGET', KEYS[4], id)
  if known then
    local last, first_id, last_id = string.match(known, '^(%d+) (%S*) (%S*)$')
    if number == tonumber(last) then return {'seen', first_id, last_id} end
    if number < tonumber(last) then return {'stale', '', ''} end
  end
elseif kind == 'foreign' then
  for i = 5, #KEYS do
    local known = redis.call('HGET', KEYS[i], id)
    if known then
      local first_id, last_id = string.match(known, '^(%S*) (%S*)$')
      return {'seen', first_id, last_id}
    end
  end
  if redis.call('HLEN', KEYS[5]) >= tonumber(ARGV[4]) then return {'full', '', ''} end
end
redis.call('HSETNX', KEYS[3], 'uuid', ARGV[5])
local at, first_id, last_id = 7, '', ''
for _ = 1, tonumber(ARGV[6]) do
  local stream, rows, bytes, fields = tonumber(ARGV[at]), ARGV[at + 1], ARGV[at + 2], tonumber(ARGV[at + 3])
  local args = {'XADD', KEYS[stream], '*'}
  for j = 1, fields do args[#args + 1] = ARGV[at + 3 + j] end
  local entry = redis.call(unpack(args))
  at = at + 4 + fields
  if stream == 1 then
    if first_id == '' then first_id = entry end
    last_id = entry
    redis.call('HINCRBY', KEYS[3], 'rows', rows)
    redis.call('HINCRBY', KEYS[3], 'bytes', bytes)
  end
end
if kind == 'prod' then
  redis.call('HSET', KEYS[4], id, ARGV[3] .. ' ' .. first_id .. ' ' .. last_id)
elseif kind == 'foreign' then
  redis.call('HSET', KEYS[5], id, first_id .. ' ' .. last_id)
  redis.call('EXPIRE', KEYS[5], 90000)
end
return {'new', first_id, last_id}
