#!lua flags=allow-oom
-- Entries were delivered: marks rise. A call passes so many entries at most: the caller goes on until it is there.
-- KEYS[1] account  KEYS[2] log  KEYS[3] peers
-- ARGV[1] stream id of the last entry  ARGV[2] entries in a page  ARGV[3] operation
-- Returns 1 when it is there, 0 when not yet; then sender, delivered, read for each sender to be told.

local account = read_fields(KEYS[1], 'delivered', 'untold')
if not account then return { 1 } end
local op, upto = ARGV[3], tonumber(string.match(ARGV[1], '^%d+'))

local function answer(delivered, told)
  return { tonumber(delivered) >= upto and 1 or 0, unpack(told) }
end

-- A repeat. Who was told meanwhile is not named any more, nor whom another operation raised further, which tells.
if string.find((account.untold or '') .. ' ', ':' .. op .. ' ', 1, true) then
  return answer(account.delivered, list_untold(account, KEYS[3], op))
end

-- Without that very entry the log's tail was lost, and its number may be another's.
local first = account.delivered + 1
if upto < first or #call('XRANGE', KEYS[2], ARGV[1], ARGV[1]) == 0 then return { 1 } end

-- What is passed does not wait any more.
local page = call('XRANGE', KEYS[2], first, upto, 'COUNT', ARGV[2])
local senders, highest, marks = {}, {}, {}
for _, entry in ipairs(page) do
  local n, name = string.match(entry[2][2], '^1|in|(%d+)|[^|]*|[^|]*|[^|]*|[^|]*|([^|]*)|')
  if n then
    local sender = string.lower(name)
    if not senders[sender] then
      local incoming, mark = unpack(call('HMGET', KEYS[3], sender .. ':i', sender .. ':m'))
      senders[sender], marks[sender] = parse_in(incoming), parse_mark(mark)
    end
    senders[sender].waiting = senders[sender].waiting - 1
    highest[sender] = math.max(highest[sender] or 0, tonumber(n))
  end
end

local told = {}
for sender, record in pairs(senders) do
  local mark = math.min(highest[sender], record.last)
  if mark > record.mark then
    record.mark = mark
    -- One who is blocked sees somebody who is away.
    if not marks[sender].is_blocked then
      add_untold(account, sender, op)
      told[#told + 1] = sender
      told[#told + 1], told[#told + 2] = show_progress(record, marks[sender])
    end
  end
  call('HSET', KEYS[3], sender .. ':i', show_in(record))
end

local delivered = string.match(page[#page][1], '^%d+')
call('HSET', KEYS[1], 'delivered', delivered, 'untold', account.untold or '')
return answer(delivered, told)
