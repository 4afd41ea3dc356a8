#!lua flags=allow-oom
-- Bans, unbans, sets the password. A ban and a new password end all sessions.
-- KEYS[1] account  KEYS[2] push channel
-- ARGV[1] operation  ARGV[2] banned: 1, 0, or '' for unchanged  ARGV[3] pass, or '' for unchanged
-- Returns 0 when there is no account.

local account = read_account(KEYS[1])
if not account then return 0 end
if is_done(account, ARGV[1]) then return 1 end
local change = { 'ops', add_op(account, ARGV[1]) }
if ARGV[2] ~= '' then change[3], change[4] = 'banned', ARGV[2] end
if ARGV[3] ~= '' then change[#change + 1], change[#change + 2] = 'pass', ARGV[3] end
call('HSET', KEYS[1], unpack(change))
if ARGV[2] == '1' or ARGV[3] ~= '' then raise_generation(KEYS[1], KEYS[2], account) end
return 1
