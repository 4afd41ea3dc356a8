#!lua flags=allow-oom
-- Third step of messages: what became of them.
-- KEYS[1] account  KEYS[2] peers  KEYS[3] log  KEYS[4] push channel
-- ARGV receiver, n, check, reason for each

local account = read_account(KEYS[1])
if not account then return 0 end
local outs = {}
local refusals = settle(KEYS[2], account, outs, 1)
write_outs(KEYS[2], outs)
local pushes = raise_refusals(account, KEYS[3], KEYS[2], outs, refusals)
call('HSET', KEYS[1], 'pending', account.pending, 'marks', account.marks or 0)
for _, push in ipairs(pushes) do call('SPUBLISH', KEYS[4], push) end
return 1
