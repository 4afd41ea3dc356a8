#!lua flags=allow-oom
-- Third step of messages: what became of them.
-- KEYS[1] account  KEYS[2] peers
-- ARGV receiver, n, check, reason for each

local account = read_account(KEYS[1])
if not account then return 0 end
local outs = {}
settle(KEYS[2], account, outs, 1)
write_outs(KEYS[2], outs)
call('HSET', KEYS[1], 'pending', account.pending)
return 1
