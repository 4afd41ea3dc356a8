-- Second step of a message: the receiver's copy.
-- KEYS[1] account  KEYS[2] log  KEYS[3] peers  KEYS[4] push channel
-- ARGV[1] sender's name  ARGV[2] n  ARGV[3] check  ARGV[4] previous  ARGV[5] text  ARGV[6] check of the place
-- ARGV[7] 1: takes it although earlier ones are missing
-- Returns {refused, reason}, {ahead, last n}, or {stored, name, status, banned, sessions}.

local name, n = ARGV[1], tonumber(ARGV[2])
local account = read_account(KEYS[1])
if not account then return { 'refused', 'unknown' } end
local sessions = list_sessions(account)
local stored = { 'stored', account.name, account.status, account.banned, sessions }

-- A number already taken gets its first answer.
local from = string.lower(name)
local record = read_in(KEYS[3], from)
if n <= record.last then return is_refused(record.refused, n) and { 'refused', 'full' } or stored end

if n > record.last + 1 and ARGV[7] ~= '1' then return { 'ahead', record.last } end

-- Without room the number is used up, and does not count as waiting.
local is_full = record.waiting >= (#sessions > 0 and LIMIT.unconfirmed or LIMIT.waiting)
record.last = n
if is_full then
  record.refused = add_refused(record.refused, n)
else
  record.waiting = record.waiting + 1
end
write_in(KEYS[3], from, record)
if is_full then return { 'refused', 'full' } end

local push = append(KEYS[2], KEYS[3], account, ARGV[6], 'in', n, ARGV[3], ARGV[4], name, ARGV[5])
write_head(KEYS[1], account)
call('SPUBLISH', KEYS[4], push)
return stored
