-- Sets the status.
-- KEYS[1] account
-- ARGV[1] session  ARGV[2] generation  ARGV[3] status  ARGV[4] op
-- Returns set, fenced or unlisted.

local session, op = ARGV[1], tonumber(ARGV[4])
local account = read_account(KEYS[1])
-- A repeat, which may come after a later change.
if op <= last_answer(account, session) then return 'set' end
local fence = find_fence(account, session, ARGV[2])
if fence then return fence end
call('HSET', KEYS[1], 'status', ARGV[3], 'o:' .. session, op)
return 'set'
