-- An incarnation lives; which ones do.
-- KEYS[1] incarnations
-- ARGV[1] incarnation  ARGV[2] milliseconds after its last beat when one is dead
-- Returns the living ones.

local time = now()
call('ZREMRANGEBYSCORE', KEYS[1], '-inf', time - ARGV[2])
call('ZADD', KEYS[1], time, ARGV[1])
return call('ZRANGE', KEYS[1], 0, -1)
