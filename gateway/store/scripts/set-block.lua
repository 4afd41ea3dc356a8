-- Blocks another user, or ends that.
-- KEYS[1] account  KEYS[2] peers  KEYS[3] push channel
-- ARGV[1] session  ARGV[2] generation  ARGV[3] the other's name  ARGV[4] 1 or 0  ARGV[5] op  ARGV[6] device or ''
-- Returns set, fenced, replaced or unlisted.

local session, name, op = ARGV[1], ARGV[3], tonumber(ARGV[5])
local account = read_account(KEYS[1])
-- A repeat, which may come after a later change.
if op <= last_answer(account, session) then return 'set' end
local fence = find_fence(account, session, ARGV[2], ARGV[6])
if fence then return fence end

local peer = string.lower(name)
local out, mark = unpack(call('HMGET', KEYS[2], peer .. ':o', peer .. ':m'))
mark = parse_mark(mark)
local push
if mark.is_blocked ~= (ARGV[4] == '1') then
  mark.is_blocked, mark.name = ARGV[4] == '1', name
  push = raise_mark(account, KEYS[2], peer, mark, parse_out(out).refused)
end
call('HSET', KEYS[1], 'marks', account.marks or 0, 'o:' .. session, op)
if push then call('SPUBLISH', KEYS[3], push) end
return 'set'
