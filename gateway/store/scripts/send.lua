-- First step of a message: the sender's copy, pending until it is settled; whole when it is to the sender.
-- KEYS[1] account  KEYS[2] log  KEYS[3] peers  KEYS[4] push channel  KEYS[5] devices
-- ARGV[1] session  ARGV[2] generation  ARGV[3] op, or the device's id  ARGV[4] receiver's name  ARGV[5] text
-- ARGV[6] check  ARGV[7] device or ''  ARGV[8…] settled: receiver, n, check, reason
-- Returns OP|PLACE|TIME|N|PREVIOUS, used, fenced, replaced or unlisted; the message's check is that of the place.

local session, op, name, text, check, device = ARGV[1], tonumber(ARGV[3]), ARGV[4], ARGV[5], ARGV[6], ARGV[7]
local account = read_account(KEYS[1])
local to = string.lower(name)

-- A failover had taken the message with its device's answers, and the receiver's copy gave it back.
local function find_given()
  local _, stop = string.find(account.given or '', ' ' .. to .. ':' .. check .. '@', 1, true)
  local number = stop and string.match(account.given, '^%d+', stop + 1)
  local id = number and number .. '-' .. tonumber(check, 16)
  local entry = id and call('XRANGE', KEYS[2], id, id)[1]
  local n, time, previous, known =
    string.match(entry and entry[2][2] or '', '^1|out|(%d+)|(%d+)|[^|]*|([^|]*)|[^|]*|[^|]*|(.*)$')
  if known == text then return number .. '-' .. check .. '|' .. time .. '|' .. n .. '|' .. previous end
end

-- A repeat gets the first answer, before the fence: what was appended before the session ended is not denied.
local digest, last, count
if device ~= '' then
  digest = redis.sha1hex(to .. '|' .. text)
  last, count = read_ids(account, device)
  if op <= last then
    local answer, given = find_answer(KEYS[5], device, op, digest), find_given()
    return answer or given and op .. '|' .. given or 'used'
  end
else
  local answer
  last, answer = last_answer(account, session)
  if op == last then return answer end
end
local fence = find_fence(account, session, ARGV[2], device)
if fence then return fence end
if op < last then return redis.error_reply('ERR op ' .. op .. ' after op ' .. last) end

local outs = {}
local refusals = settle(KEYS[3], account, outs, 8)

local given = device ~= '' and find_given()
if given then
  write_outs(KEYS[3], outs)
  call('HSET', KEYS[5], device .. ':' .. count % ANSWERS, digest .. '|' .. op .. '|' .. given)
  call('HSET', KEYS[1], 'pending', account.pending, 'd:' .. device, session .. '|' .. op .. '|' .. count + 1)
  return op .. '|' .. given
end

-- The next number of the pair, pending with its place.
local out = outs[to] or read_out(KEYS[3], to)
outs[to] = out
local previous = out.check
out.n, out.check = out.n + 1, check
local kind = to == string.lower(account.name) and 'self' or 'out'
local push = append(KEYS[2], KEYS[3], account, check, kind, out.n, check, previous, name, text, device, ARGV[3])
if kind == 'out' then
  out.pending = out.pending .. ' ' .. out.n .. '@' .. account.head .. '-' .. tonumber(check, 16)
  account.pending = account.pending + 1
end
write_outs(KEYS[3], outs)
local pushes = raise_refusals(account, KEYS[2], KEYS[3], outs, refusals)
pushes[#pushes + 1] = push

-- The answer is kept with the log's head, or with the device's others.
local answer = op .. '|' .. account.head .. '-' .. check .. '|' .. account.time .. '|' .. out.n .. '|' .. previous
local kept = { 'o:' .. session, answer }
if device ~= '' then
  kept = { 'd:' .. device, session .. '|' .. op .. '|' .. count + 1 }
  call('HSET', KEYS[5], device .. ':' .. count % ANSWERS, digest .. '|' .. answer)
end
write_head(KEYS[1], account, 'pending', account.pending, 'marks', account.marks or 0, unpack(kept))
for _, message in ipairs(pushes) do call('SPUBLISH', KEYS[4], message) end
return answer
