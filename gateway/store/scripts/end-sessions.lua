#!lua flags=allow-oom
-- Ends one session, which is fenced until it is closed, or all of them.
-- KEYS[1] account  KEYS[2] push channel
-- ARGV[1] operation  ARGV[2] session, or '' for all
-- Returns 0 when there is no account or no such session.

local account = read_account(KEYS[1])
if not account then return 0 end
-- A repeat may find the session closed, by a gateway that heard of the first time.
if is_done(account, ARGV[1]) then return 1 end
local session = ARGV[2]
if session ~= '' and not account['s:' .. session] then return 0 end
call('HSET', KEYS[1], 'ops', add_op(account, ARGV[1]))
if session == '' then
  raise_generation(KEYS[1], KEYS[2], account)
else
  end_sessions(KEYS[1], account, { session })
  push_ends(KEYS[2], account, { session })
end
return 1
