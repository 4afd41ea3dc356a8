#!lua flags=allow-oom
-- Ends one session, which is fenced until it is closed, or all of them.
-- KEYS[1] account  KEYS[2] push channel
-- ARGV[1] operation  ARGV[2] session, or '' for all
-- Returns 0 when there is no account or no such session.

local account = read_account(KEYS[1])
if not account then return 0 end
local session = ARGV[2]
if session == '' then
  if is_done(account, ARGV[1]) then return 1 end
  call('HSET', KEYS[1], 'ops', keep_last((account.ops or '') .. ' ' .. ARGV[1], 8))
  raise_generation(KEYS[1], KEYS[2])
  return 1
end
local field = 's:' .. session
if not account[field] then return 0 end
call('HSET', KEYS[1], field, (string.gsub(account[field], '^%d+', '0')))
call('SPUBLISH', KEYS[2], '1|end|' .. account.generation .. '|' .. session)
return 1
