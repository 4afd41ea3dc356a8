-- A device is in use still.
-- KEYS[1] devices
-- ARGV[1] device

local row, latest = unpack(call('HMGET', KEYS[1], ARGV[1], ':used'))
if not row then return 1 end
local made, used, rest = string.match(row, '^(%d+)|(%d+)|(.*)$')
-- A repeat, or no later: it is the last used one, since less than a second.
if used == latest and now() - used < 1000 then return 1 end
local time = use_time(latest)
call('HSET', KEYS[1], ARGV[1], made .. '|' .. time .. '|' .. rest, ':used', time)
return 1
