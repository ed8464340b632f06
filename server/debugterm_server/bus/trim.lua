-- Remove the oldest entries of a stream that are beyond its size or age, and count them first.
-- KEYS: 1 stream, 2 meta   ARGV: 1 most bytes, 2 least ms, 3 most entries a call, 4 'log' | 'met'
local bytes = tonumber(redis.call('HGET', KEYS[2], 'bytes') or '0')
local doomed = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', ARGV[3])
local gone, last = 0, nil
for _, item in ipairs(doomed) do
  local ms = tonumber(string.match(item[1], '^(%d+)'))
  local over = ARGV[4] == 'log' and bytes > tonumber(ARGV[1])
  if ms >= tonumber(ARGV[2]) and not over then break end
  local fields = {}
  for i = 1, #item[2], 2 do fields[item[2][i]] = item[2][i + 1] end
  if ARGV[4] == 'log' then
    bytes = bytes - #(fields['rows'] or '')
    redis.call('HINCRBY', KEYS[2], 'rows', -tonumber(fields['n'] or '0'))
    for level, n in pairs(cjson.decode(fields['lv'] or '{}')) do
      redis.call('HINCRBY', KEYS[2], 'trimmed:' .. level, n)
    end
  end
  gone, last = gone + 1, item[1]
end
if last then
  if ARGV[4] == 'log' then
    redis.call('HSET', KEYS[2], 'bytes', string.format('%.0f', bytes), 'trim_id', last)
  end
  local ms, seq = string.match(last, '^(%d+)%-(%d+)$')
  redis.call('XTRIM', KEYS[1], 'MINID', '=', ms .. '-' .. string.format('%.0f', tonumber(seq) + 1))
end
return gone
