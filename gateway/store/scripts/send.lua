-- First step of a message: the sender's copy, pending until it is settled; whole when it is to the sender.
-- KEYS[1] account  KEYS[2] log  KEYS[3] peers  KEYS[4] push channel
-- ARGV[1] session  ARGV[2] generation  ARGV[3] op  ARGV[4] receiver's name  ARGV[5] text  ARGV[6] check
-- ARGV[7…] settled: receiver, n, check, reason
-- Returns OP|PLACE|TIME|N|PREVIOUS, fenced or unlisted; the message's check is that of the place.

local session, op, name, check = ARGV[1], tonumber(ARGV[3]), ARGV[4], ARGV[6]
local account = read_account(KEYS[1])

-- A repeat gets the first answer, before the fence: what was appended before the session ended is not denied.
local last, answer = last_answer(account, session)
if op == last then return answer end
local fence = find_fence(account, session, ARGV[2])
if fence then return fence end
if op < last then return redis.error_reply('ERR op ' .. op .. ' after op ' .. last) end

-- The next number of the pair, pending with its place.
local outs, to = {}, string.lower(name)
settle(KEYS[3], account, outs, 7)
local out = outs[to] or read_out(KEYS[3], to)
outs[to] = out
local previous = out.check
out.n, out.check = out.n + 1, check
local kind = to == string.lower(account.name) and 'self' or 'out'
local push = append(KEYS[2], KEYS[3], account, check, kind, out.n, check, previous, name, ARGV[5])
if kind == 'out' then
  out.pending = out.pending .. ' ' .. out.n .. '@' .. account.head .. '-' .. tonumber(check, 16)
  account.pending = account.pending + 1
end
write_outs(KEYS[3], outs)

-- The answer is kept with the log's head.
answer = op .. '|' .. account.head .. '-' .. check .. '|' .. account.time .. '|' .. out.n .. '|' .. previous
write_head(KEYS[1], account, 'o:' .. session, answer, 'pending', account.pending)
call('SPUBLISH', KEYS[4], push)
return answer
