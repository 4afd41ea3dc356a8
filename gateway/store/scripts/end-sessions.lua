#!lua flags=allow-oom
-- Ends one session, which is fenced until it is closed, or all of them.
-- KEYS[1] account  KEYS[2] push channel
-- ARGV[1] operation  ARGV[2] session, or '' for all
-- Returns 0 when there is no account or no such session.

local account = read_account(KEYS[1])
if not account then return 0 end
-- A repeat may find the session closed, by a gateway that heard of the first time.
if is_done(account, ARGV[1]) then return 1 end
local ops = keep_last((account.ops or '') .. ' ' .. ARGV[1], 8)
local session = ARGV[2]
if session == '' then
  call('HSET', KEYS[1], 'ops', ops)
  raise_generation(KEYS[1], KEYS[2])
  return 1
end
local field = 's:' .. session
if not account[field] then return 0 end
call('HSET', KEYS[1], 'ops', ops, field, (string.gsub(account[field], '^%d+', '0')))
call('SPUBLISH', KEYS[2], '1|end|' .. account.generation .. '|' .. session)
return 1
