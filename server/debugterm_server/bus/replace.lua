-- A new uuid for a stream whose history is gone, unless another hub gave it one already.
if redis.call('HGET', KEYS[1], 'uuid') == ARGV[1] then redis.call('HSET', KEYS[1], 'uuid', ARGV[2]) end
