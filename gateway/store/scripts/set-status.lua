-- Sets the status.
-- KEYS[1] account
-- ARGV[1] session  ARGV[2] generation  ARGV[3] status  ARGV[4] op  ARGV[5] device or ''
-- Returns set, fenced, replaced or unlisted.

local session, op = ARGV[1], tonumber(ARGV[4])
local account = read_account(KEYS[1])
-- A repeat, which may come after a later change.
if op <= last_answer(account, session) then return 'set' end
local fence = find_fence(account, session, ARGV[2], ARGV[5])
if fence then return fence end
local since = account.since or account.created
if ARGV[3] ~= account.status then since = now() end
call('HSET', KEYS[1], 'status', ARGV[3], 'since', since, 'o:' .. session, op)
return 'set'
