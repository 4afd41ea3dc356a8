-- Makes an account, unless the name has one or had one.
-- KEYS[1] account
-- ARGV[1] name as registered  ARGV[2] pass  ARGV[3] operation
-- Returns 1 when made, by this operation now or before; 0 when taken.

local made, removed = unpack(call('HMGET', KEYS[1], 'made', 'removed'))
if made or removed then return made == ARGV[3] and 1 or 0 end
local time = now()
call('HSET', KEYS[1], 'name', ARGV[1], 'pass', ARGV[2], 'made', ARGV[3], 'created', time, 'compared', time, 'banned', 0,
  'generation', 1, 'status', 0, 'head', 0, 'total', 0, 'time', 0, 'arrived', 0, 'delivered', 0,
  'pending', 0)
return 1
