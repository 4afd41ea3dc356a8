-- Second step of a message: the receiver's copy.
-- KEYS[1] account  KEYS[2] log  KEYS[3] peers  KEYS[4] push channel
-- ARGV[1] sender's name  ARGV[2] n  ARGV[3] check  ARGV[4] previous  ARGV[5] text  ARGV[6] check of the place
-- ARGV[7] the last n as far as the caller knows: what is missing behind it is passed over; '' for none
-- Returns {refused, reason}, {ahead, last n}, {diverged}, or {stored, presence}.

local name, n = ARGV[1], tonumber(ARGV[2])
local account = read_account(KEYS[1])
if not account then return { 'refused', 'unknown' } end
local sessions = list_sessions(account)
local from = string.lower(name)
local incoming, mark, blocked = unpack(call('HMGET', KEYS[3], from .. ':i', from .. ':m', from .. ':b'))
local record, is_blocking = parse_in(incoming), parse_mark(mark).is_blocked
local ranges, checks = string.match(blocked or '|', '^(.*)|(.*)$')

local function answer_stored(is_hidden)
  return { 'stored', show_presence(account, sessions, is_blocking or is_hidden) }
end

-- The check of a message that was taken; nil where the log has it no more. The last ones are nearly always asked for.
local function find_check()
  if n == record.last then return record.check end
  local before = '+'
  for _ = 1, 16 do
    local page = call('XREVRANGE', KEYS[2], before, '-', 'COUNT', 128)
    for _, entry in ipairs(page) do
      local number, check, sender = string.match(entry[2][2], '^1|in|(%d+)|[^|]*|([^|]*)|[^|]*|[^|]*|([^|]*)|')
      if number and string.lower(sender) == from and tonumber(number) <= n then
        -- Where an older one comes first the number was passed over: whoever has it now was never taken in.
        return tonumber(number) == n and check or 'none'
      end
    end
    if #page < 128 then return nil end
    before = '(' .. page[#page][1]
  end
end

-- A number already taken gets its first answer, if it is the same message.
if n <= record.last then
  if is_refused(record.refused, n) then return { 'refused', 'full' } end
  -- Of one that was blocked the log knows nothing.
  local is_hidden = is_refused(ranges, n)
  local known
  if n == record.last or not is_hidden then
    known = find_check()
  else
    known = string.match(checks .. ' ', ' ' .. n .. '@(%S+) ')
  end
  return (known or ARGV[3]) == ARGV[3] and answer_stored(is_hidden) or { 'diverged' }
end

if tonumber(ARGV[7]) ~= record.last then
  if n > record.last + 1 then return { 'ahead', record.last } end
  -- The message before is another one than the sender's log says.
  if record.check ~= '' and record.check ~= ARGV[4] then return { 'diverged' } end
end

-- From one who is blocked the number is used up, and nothing else.
if is_blocking then
  record.last, record.check = n, ARGV[3]
  local kept = add_refused(ranges, n) .. '|' .. keep_last(checks .. ' ' .. n .. '@' .. ARGV[3], 64)
  call('HSET', KEYS[3], from .. ':i', show_in(record), from .. ':b', kept)
  return answer_stored(true)
end

-- Without room the number is used up, and does not count as waiting.
local is_full = record.waiting >= (#sessions > 0 and LIMIT.unconfirmed or LIMIT.waiting)
record.last, record.check = n, is_full and '' or ARGV[3]
if is_full then
  record.refused = add_refused(record.refused, n)
else
  record.waiting = record.waiting + 1
end
call('HSET', KEYS[3], from .. ':i', show_in(record))
if is_full then return { 'refused', 'full' } end

local push = append(KEYS[2], KEYS[3], account, ARGV[6], 'in', n, ARGV[3], ARGV[4], name, ARGV[5])
write_head(KEYS[1], account)
call('SPUBLISH', KEYS[4], push)
return answer_stored(false)
