-- Makes the copy of a sender whole that lost its tail.
-- KEYS[1] account  KEYS[2] log  KEYS[3] peers  KEYS[4] push channel  KEYS[5] devices
-- ARGV[1] receiver's name  ARGV[2] the receiver's last n  ARGV[3] its check
-- ARGV[4] an epoch to come  ARGV[5] the first n that the sender may lack
-- ARGV[6…] the receiver's copies, ascending: n, check, previous, text
-- Returns the entries of the messages to the receiver that are pending.

local name, last, last_check = ARGV[1], tonumber(ARGV[2]), ARGV[3]
local account = read_account(KEYS[1])
if not account then return {} end
local to = string.lower(name)
local out = read_out(KEYS[3], to)

-- What the receiver has; of its last message perhaps only the check.
local copies, taken = {}, {}
if last_check ~= '' then taken[last] = last_check end
for i = 6, #ARGV, 4 do
  local n = tonumber(ARGV[i])
  copies[#copies + 1] = { n = n, check = ARGV[i + 1], previous = ARGV[i + 2], text = ARGV[i + 3] }
  taken[n] = ARGV[i + 1]
end

-- Own messages from the first on that is pending, ascending.
local pending, unsettled, entries = {}, out.n + 1, {}
for n, id in string.gmatch(out.pending, ' (%d+)@(%S+)') do
  pending[id] = tonumber(n)
  unsettled = math.min(unsettled, tonumber(n))
end
-- Of what it lacks by now not everything was asked for.
if unsettled < tonumber(ARGV[5]) then
  for id in string.gmatch(out.pending, '@(%S+)') do entries[#entries + 1] = call('XRANGE', KEYS[2], id, id)[1] end
  return entries
end
local lowest = math.min(out.n, unsettled)
local own, before, is_more = {}, '+', true
while is_more do
  local page = call('XREVRANGE', KEYS[2], before, '-', 'COUNT', 128)
  is_more = #page == 128
  for _, entry in ipairs(page) do
    local sent = read_sent(entry)
    if sent and sent.peer == to then
      if sent.n >= lowest then
        sent.is_pending = pending[sent.place] ~= nil
        table.insert(own, 1, sent)
      end
      if sent.n <= lowest then is_more = false break end
    end
    before = '(' .. entry[1]
  end
end

-- Where the copies part: before the first message pending under a number that another one has at the receiver, or that
-- was passed over there.
local floor = tonumber(out.n)
for _, message in ipairs(own) do
  local is_passed = not taken[message.n] and message.n < last and copies[1] and copies[1].n < message.n
  if message.is_pending and (is_passed or (taken[message.n] or message.check) ~= message.check) then
    floor = message.n - 1
    break
  end
end
local tail, ends = {}, { n = floor, check = out.check }
for _, message in ipairs(own) do
  if message.n > floor then
    if is_refused(out.refused, message.n) then ends = message else tail[#tail + 1] = message end
  end
end

-- What keeps its number: the receiver's copies, of which one may be an own message that was taken in before the
-- divergence was noticed, and own messages that were settled.
local kept, has = {}, {}
for _, copy in ipairs(copies) do
  if copy.n > floor then
    for _, message in ipairs(tail) do
      if message.check == copy.check and message.text == copy.text then
        copy.own, message.is_kept = message, true
      end
    end
    kept[#kept + 1], has[copy.n] = copy, true
  end
end
for _, message in ipairs(tail) do
  if not message.is_pending and not message.is_kept and not has[message.n] then
    message.own, message.is_kept = message, true
    kept[#kept + 1] = message
  end
end
table.sort(kept, function(a, b) return a.n < b.n end)
local is_whole = true
for _, message in ipairs(kept) do
  is_whole = is_whole and message.own ~= nil and message.own.n == message.n
  if message.n >= ends.n then ends = message end
end
if last >= ends.n then ends = { n = last, check = last_check } end

-- What else is pending gets the next numbers, and with them other places.
local moved = {}
for _, message in ipairs(tail) do
  if message.is_pending and not message.is_kept then
    local next_one =
      { n = ends.n + 1, check = message.check, previous = ends.check, text = message.text, own = message }
    moved[#moved + 1], ends = next_one, next_one
  end
end

local pushes, answers = {}, {}
if not is_whole or #moved > 0 then
  for _, message in ipairs(moved) do kept[#kept + 1] = message end
  for _, message in ipairs(kept) do
    if message.own then call('XDEL', KEYS[2], message.own.place) end
  end
  local places = {}
  for _, message in ipairs(kept) do
    local check, own = message.check, message.own or {}
    pushes[#pushes + 1] = append(KEYS[2], KEYS[3], account, check, 'out', message.n, check, message.previous, name,
      message.text, own.device, own.id)
    -- Known by its check, should its device send it again: the device's answer may be lost as well.
    local given = ' ' .. to .. ':' .. check .. '@'
    local start, stop = string.find(account.given or '', given, 1, true)
    if start then
      account.given = string.sub(account.given, 1, stop) .. account.head
        .. string.gsub(string.sub(account.given, stop + 1), '^%d+', '')
    elseif not message.own then
      account.given = keep_last((account.given or '') .. given .. account.head, 64)
    end
    if message.own then
      local id = account.head .. '-' .. tonumber(check, 16)
      places[string.match(own.place, '^%d+') .. '-' .. check] =
        '|' .. account.head .. '-' .. check .. '|' .. account.time .. '|' .. message.n .. '|' .. message.previous
      if own.is_pending then pending[own.place], pending[id] = nil, message.n end
    end
  end
  -- A repeat of the sending gets the new place.
  for field, value in pairs(account) do
    local op, place = string.match(value, '^(%d+)|([^|]*)|')
    if string.sub(field, 1, 2) == 'o:' and place and places[place] then
      answers[#answers + 1], answers[#answers + 2] = field, op .. places[place]
    end
  end
  local flat = call('HGETALL', KEYS[5])
  for i = 1, #flat, 2 do
    local start, place = string.match(flat[i + 1], '^(%x+|%d+)|([^|]*)|')
    if string.find(flat[i], '.:%d+$') and place and places[place] then
      call('HSET', KEYS[5], flat[i], start .. places[place])
    end
  end
  -- What devices hold is to be compared.
  account.epoch = ARGV[4]
  answers[#answers + 1], answers[#answers + 2] = 'epoch', account.epoch
  answers[#answers + 1], answers[#answers + 2] = 'given', account.given or ''
  pushes[#pushes + 1] = '1|epoch|' .. account.epoch
end

local messages = {}
for id, n in pairs(pending) do messages[#messages + 1] = { n = n, id = id } end
table.sort(messages, function(a, b) return a.n < b.n end)
out.pending = ''
for _, message in ipairs(messages) do
  out.pending = out.pending .. ' ' .. message.n .. '@' .. message.id
  entries[#entries + 1] = call('XRANGE', KEYS[2], message.id, message.id)[1]
end
if #pushes > 0 or ends.n > tonumber(out.n) then
  out.n, out.check = ends.n, ends.check
  write_outs(KEYS[3], { [to] = out })
  write_head(KEYS[1], account, unpack(answers))
  for _, push in ipairs(pushes) do call('SPUBLISH', KEYS[4], push) end
end
return entries
