-- Removes an account with all it has; its name stays taken, its sessions end.
-- KEYS[1] account  KEYS[2] log  KEYS[3] peers  KEYS[4] friends  KEYS[5] devices  KEYS[6] push channel
-- ARGV[1] operation
-- Returns 0 when there was no account to this operation.

local account = read_account(KEYS[1])
if not account then return call('HGET', KEYS[1], 'removed') == ARGV[1] and 1 or 0 end
call('DEL', KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5])
call('HSET', KEYS[1], 'name', account.name, 'removed', ARGV[1])
call('SPUBLISH', KEYS[6], '1|end|' .. account.generation + 1 .. '|')
return 1
