#!lua flags=allow-oom
-- The user's copies were compared with those of others.
-- KEYS[1] account
-- ARGV[1] the failover's time

local account = read_account(KEYS[1])
if account and tonumber(account.compared) < tonumber(ARGV[1]) then call('HSET', KEYS[1], 'compared', ARGV[1]) end
return 1
