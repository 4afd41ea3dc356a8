-- Gives a device another token, good in one generation of the account.
-- KEYS[1] account  KEYS[2] devices
-- ARGV[1] operation  ARGV[2] device  ARGV[3] token  ARGV[4] generation
-- Returns 0 when there is none.

local account = read_account(KEYS[1])
if not account then return 0 end
if is_done(account, ARGV[1]) then return 1 end
local row = call('HGET', KEYS[2], ARGV[2])
if not row then return 0 end
local times, label = string.match(row, '^(%d+|%d+)|%d*|[^|]*|(.*)$')
call('HSET', KEYS[2], ARGV[2], table.concat({ times, ARGV[4], ARGV[3], label }, '|'))
call('HSET', KEYS[1], 'ops', add_op(account, ARGV[1]))
return 1
