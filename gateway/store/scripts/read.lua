-- The user has read messages of another one: the mark rises, no further than there are messages.
-- KEYS[1] account  KEYS[2] peers  KEYS[3] push channel
-- ARGV[1] the other's name  ARGV[2] n  ARGV[3] operation
-- Returns delivered and read, of which the other one is to be told; nothing where nothing rose, or that one is blocked.

local name, op, account = ARGV[1], ARGV[3], read_fields(KEYS[1], 'marks', 'untold')
if not account then return {} end
local peer = string.lower(name)
local incoming, out, mark = unpack(call('HMGET', KEYS[2], peer .. ':i', peer .. ':o', peer .. ':m'))
local record = parse_in(incoming)
out, mark = parse_out(out), parse_mark(mark)

-- A repeat is still untold, or another one has raised it further, who tells.
local is_repeated = string.find((account.untold or '') .. ' ', ' ' .. peer .. ':' .. op .. ' ', 1, true)
local seen = math.min(tonumber(ARGV[2]), record.last)
if not is_repeated then
  if seen <= mark.seen then return {} end
  mark.seen, mark.name = seen, name
  record.mark = math.max(record.mark, seen)
  call('HSET', KEYS[2], peer .. ':i', show_in(record))
  local push = raise_mark(account, KEYS[2], peer, mark, out.refused)
  if not mark.is_blocked then add_untold(account, peer, op) end
  call('HSET', KEYS[1], 'marks', account.marks, 'untold', account.untold or '')
  call('SPUBLISH', KEYS[3], push)
end
if mark.is_blocked and not is_repeated then return {} end
return { show_progress(record, mark) }
