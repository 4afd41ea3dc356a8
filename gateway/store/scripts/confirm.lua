#!lua flags=allow-oom
-- Entries were delivered: marks rise. A call passes so many entries at most: the caller goes on until it is there.
-- KEYS[1] account  KEYS[2] log  KEYS[3] peers
-- ARGV[1] stream id of the last entry  ARGV[2] entries in a page  ARGV[3…] sender, n for each sender
-- Returns 1 when it is there, 0 when not yet.

local account = read_account(KEYS[1])
if not account then return 1 end

-- Without that very entry the log's tail was lost, and its number may be another's.
local first, upto = account.delivered + 1, tonumber(string.match(ARGV[1], '^%d+'))
if upto < first or #call('XRANGE', KEYS[2], ARGV[1], ARGV[1]) == 0 then return 1 end

-- What is passed does not wait any more.
local page = call('XRANGE', KEYS[2], first, upto, 'COUNT', ARGV[2])
local senders = {}
for _, entry in ipairs(page) do
  local name = string.match(entry[2][2], '^1|in|[^|]*|[^|]*|[^|]*|[^|]*|[^|]*|([^|]*)|')
  if name then
    local sender = string.lower(name)
    senders[sender] = senders[sender] or read_in(KEYS[3], sender)
    senders[sender].waiting = senders[sender].waiting - 1
  end
end

for i = 3, #ARGV, 2 do
  local sender = ARGV[i]
  local record = senders[sender] or read_in(KEYS[3], sender)
  local mark = math.min(tonumber(ARGV[i + 1]), record.last)
  if mark > record.mark then
    record.mark = mark
    senders[sender] = record
  end
end
for sender, record in pairs(senders) do write_in(KEYS[3], sender, record) end

local delivered = tonumber(string.match(page[#page][1], '^%d+'))
call('HSET', KEYS[1], 'delivered', delivered)
return delivered >= upto and 1 or 0
