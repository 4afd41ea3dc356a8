#!lua flags=allow-oom
-- Forgets a device with its token, and ends its sessions.
-- KEYS[1] account  KEYS[2] devices  KEYS[3] push channel
-- ARGV[1] operation  ARGV[2] device
-- Returns 0 when there is none.

local account = read_account(KEYS[1])
if not account then return 0 end
if is_done(account, ARGV[1]) then return 1 end
if not account['d:' .. ARGV[2]] then return 0 end
call('HSET', KEYS[1], 'ops', add_op(account, ARGV[1]))
push_ends(KEYS[3], account, forget_device(KEYS[1], KEYS[2], account, ARGV[2]))
return 1
