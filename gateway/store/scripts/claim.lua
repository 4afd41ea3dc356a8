#!lua flags=allow-oom
-- One incarnation alone cleans up after a dead one.
-- KEYS[1] incarnations  KEYS[2] claims (hash): by dead incarnation, who cleans up
-- ARGV[1] dead  ARGV[2] by  ARGV[3] milliseconds after its last beat when one is dead
-- Returns 0 when it lives or is buried, or another one that lives does it.

local limit = now() - ARGV[3]
local last = call('ZSCORE', KEYS[1], ARGV[1])
if not last or tonumber(last) > limit then return 0 end
local holder = call('HGET', KEYS[2], ARGV[1])
if holder and holder ~= ARGV[2] and (tonumber(call('ZSCORE', KEYS[1], holder)) or 0) > limit then return 0 end
call('HSET', KEYS[2], ARGV[1], ARGV[2])
return 1
