#!lua flags=allow-oom
-- An incarnation lives; which ones do, and which are dead and not buried.
-- KEYS[1] incarnations  KEYS[2] servers
-- ARGV[1] incarnation  ARGV[2] milliseconds after its last beat when one is dead
-- Returns the living ones, the dead ones, 1 when this one was not among the living, and the time of the last failover.

local time = now()
local limit = time - ARGV[2]
local last = tonumber(call('ZSCORE', KEYS[1], ARGV[1])) or 0
call('ZADD', KEYS[1], time, ARGV[1])
return { call('ZRANGE', KEYS[1], '(' .. limit, '+inf', 'BYSCORE'), call('ZRANGE', KEYS[1], '-inf', limit, 'BYSCORE'),
  last <= limit and 1 or 0, call('HGET', KEYS[2], 'failover') or '0' }
