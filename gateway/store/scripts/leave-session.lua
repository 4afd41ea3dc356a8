#!lua flags=allow-oom
-- A session is over and counts no more; it stays named until it is closed.
-- KEYS[1] account
-- ARGV[1] session

local field = 's:' .. ARGV[1]
local row = call('HGET', KEYS[1], field)
if row then call('HSET', KEYS[1], field, (string.gsub(row, '^%d+', 'l'))) end
return 1
