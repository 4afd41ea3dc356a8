#!lua flags=allow-oom
-- A server that was not known before holds data: it took the place of another, or was started again.
-- KEYS[1] servers (hash): by replication id, when it was first seen; failover, when the last one was
-- ARGV[1] replication id

if call('HEXISTS', KEYS[1], ARGV[1]) == 1 then return 1 end
local time = now()
local is_first = call('HLEN', KEYS[1]) == 0
call('HSET', KEYS[1], ARGV[1], time)
if not is_first then call('HSET', KEYS[1], 'failover', time) end
return 1
