#!lua flags=allow-oom
-- The user's copies were compared with those of others. Versions of marks that the failover took may have been given
-- again: those from now on are higher than any before it, of which one change a millisecond is more than there are.
-- KEYS[1] account
-- ARGV[1] the failover's time

local account = read_account(KEYS[1])
if not account or tonumber(account.compared) >= tonumber(ARGV[1]) then return 1 end
local version = math.max(tonumber(account.marks or 0), tonumber(ARGV[1]))
call('HSET', KEYS[1], 'compared', ARGV[1], 'marks', version, 'marks_from', version)
return 1
