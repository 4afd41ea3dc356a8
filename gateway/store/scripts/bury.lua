#!lua flags=allow-oom
-- A dead incarnation is not named any more.
-- KEYS[1] incarnations  KEYS[2] claims
-- ARGV[1] dead  ARGV[2] milliseconds after its last beat when one is dead
-- Returns 0 when it lives again.

call('HDEL', KEYS[2], ARGV[1])
local last = call('ZSCORE', KEYS[1], ARGV[1])
if last and tonumber(last) > now() - ARGV[2] then return 0 end
call('ZREM', KEYS[1], ARGV[1])
return 1
