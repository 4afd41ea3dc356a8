-- Messages, marks and friendships with other users, of the scripts of a user's slot.

-- Refused numbers as text, ' 3-5 9-9': adds one after the last, keeping 16 ranges.
local function add_refused(ranges, n)
  local joined, count = string.gsub(ranges, '(%d+%-)' .. (n - 1) .. '$', '%1' .. n)
  if count == 0 then joined = ranges .. ' ' .. n .. '-' .. n end
  return keep_last(joined, 16)
end

local function is_refused(ranges, n)
  for first, last in string.gmatch(ranges, ' (%d+)%-(%d+)') do
    if n >= tonumber(first) and n <= tonumber(last) then return true end
  end
  return false
end

-- Peers (hash), PEER:o for messages to a peer: n and check of the last, those pending as ' N@ID', those refused.
local function parse_out(value)
  local out = {}
  out.n, out.check, out.pending, out.refused = string.match(value or '0|||', '^(%d+)|(.*)|(.*)|(.*)$')
  return out
end

local function read_out(peers, peer)
  return parse_out(call('HGET', peers, peer .. ':o'))
end

-- Writes the table of what read_out gave, by peer.
local function write_outs(peers, outs)
  local flat = {}
  for peer, out in pairs(outs) do
    flat[#flat + 1] = peer .. ':o'
    flat[#flat + 1] = out.n .. '|' .. out.check .. '|' .. out.pending .. '|' .. out.refused
  end
  if #flat > 0 then call('HSET', peers, unpack(flat)) end
end

-- PEER:i for messages from a peer: n and check (none where it was refused) of the last, the n up to which they were
-- delivered, how many are in the log and not delivered, the n that were refused.
local function parse_in(value)
  local last, check, mark, waiting, refused =
    string.match(value or '0||0|0|', '^(%d+)|(.-)|(%d+)|(%d+)|(.*)$')
  return { last = tonumber(last), check = check, mark = tonumber(mark), waiting = tonumber(waiting), refused = refused }
end

local function show_in(record)
  return table.concat({ record.last, record.check, record.mark, record.waiting, record.refused }, '|')
end

-- PEER:m, the mark: DELIVERED|READ|SEEN|1 where the peer is blocked, else 0|VERSION|NAME. And PEER:b, what came from
-- a peer while it was blocked: the n as those refused, and ' N@CHECK' of the last ones.
local function parse_mark(value)
  local delivered, read, seen, blocked, version, name =
    string.match(value or '0|0|0|0|0|', '^(%d+)|(%d+)|(%d+)|(%d)|(%d+)|(.*)$')
  return { delivered = tonumber(delivered), read = tonumber(read), seen = tonumber(seen), is_blocked = blocked == '1',
    version = tonumber(version), name = name }
end

local function is_blocked(peers, peer)
  return parse_mark(call('HGET', peers, peer .. ':m')).is_blocked
end

-- A mark with what was refused, as readers are shown it.
local function show_mark(mark, refused)
  return table.concat({ mark.delivered, mark.read, mark.seen, mark.is_blocked and 1 or 0, mark.version,
    string.sub(refused, 2), mark.name }, '|')
end

-- Writes a mark that was changed, under the next version of the account's marks, which the caller writes. Returns its
-- push.
local function raise_mark(account, peers, peer, mark, refused)
  account.marks = (account.marks or 0) + 1
  mark.version = account.marks
  local value = table.concat({ mark.delivered, mark.read, mark.seen, mark.is_blocked and 1 or 0, mark.version,
    mark.name }, '|')
  call('HSET', peers, peer .. ':m', value)
  return '1|mark|' .. show_mark(mark, refused)
end

-- Marks of a later version than `since`, by version; all where `since` is a version that was not reached. Those from before
-- the last failover are shown as of the version before the one that came after it. And that version where `since` is lower:
-- these are all then; else 0.
local function list_marks(account, peers, since)
  local version, found, shown = tonumber(account.marks or 0), {}, {}
  local from = tonumber(account.marks_from or 0)
  if since == version then return shown, 0 end
  local are_all = since > version or since < from
  local known = {}
  local flat = call('HGETALL', peers)
  for i = 1, #flat, 2 do known[flat[i]] = flat[i + 1] end
  for field, value in pairs(known) do
    local peer = string.match(field, '^(.*):m$')
    local mark = peer and parse_mark(value)
    if mark then mark.version = math.max(mark.version, from - 1) end
    if mark and (are_all or mark.version > since) then found[#found + 1] = { mark, parse_out(known[peer .. ':o']).refused } end
  end
  table.sort(found, function(a, b) return a[1].version < b[1].version end)
  for i, one in ipairs(found) do shown[i] = show_mark(unpack(one)) end
  return shown, since < from and account.marks_from or 0
end

-- How far the user has the messages of a peer: delivered and read.
local function show_progress(record, mark)
  return math.max(record.mark, mark.seen), mark.seen
end

local function without_untold(untold, peer)
  local words = untold .. ' '
  local first, last = string.find(words, ' ' .. peer .. ':', 1, true)
  if not first then return untold end
  return string.sub(untold, 1, first - 1) .. string.sub(untold, (string.find(words, ' ', last + 1, true)))
end

-- The peer is to be told of what the operation raised.
local function add_untold(account, peer, op)
  account.untold = without_untold(account.untold or '', peer) .. ' ' .. peer .. ':' .. op
end

-- Those to be told: peer, delivered, read for each; only of the one operation where given.
local function list_untold(account, peers, op)
  local untold = {}
  for peer, raised_by in string.gmatch(account.untold or '', ' ([^ :]+):(%S+)') do
    if not op or op == raised_by then
      local record, mark = unpack(call('HMGET', peers, peer .. ':i', peer .. ':m'))
      untold[#untold + 1] = peer
      untold[#untold + 1], untold[#untold + 2] = show_progress(parse_in(record), parse_mark(mark))
    end
  end
  return untold
end

-- Applies settlements, ARGV from `first` on: peer, n, check ('' for any), reason ('' where it was taken in). A repeat
-- finds none pending. Returns the stream id of the last message refused, by peer.
local function settle(peers, account, outs, first)
  local refusals = {}
  for i = first, #ARGV, 4 do
    local peer, n, check, reason = ARGV[i], tonumber(ARGV[i + 1]), ARGV[i + 2], ARGV[i + 3]
    local out = outs[peer] or read_out(peers, peer)
    local id = check == '' and '%S+' or '%d+%-' .. (tonumber(check, 16) or 'none')
    local place = string.match(out.pending .. ' ', ' ' .. n .. '@(' .. id .. ') ')
    local pending, count = string.gsub(out.pending .. ' ', ' ' .. n .. '@' .. id .. ' ', ' ')
    pending = string.sub(pending, 1, -2)
    if count > 0 then
      outs[peer] = out
      out.pending = pending
      account.pending = account.pending - 1
      if reason ~= '' then
        out.refused = add_refused(out.refused, n)
        refusals[peer] = place
      end
    end
  end
  return refusals
end

-- The marks of those who refused messages rise. Returns the pushes.
local function raise_refusals(account, log, peers, outs, refusals)
  local pushes = {}
  for peer, id in pairs(refusals) do
    local mark = parse_mark(call('HGET', peers, peer .. ':m'))
    local entry = mark.name == '' and call('XRANGE', log, id, id)[1]
    if entry then mark.name = read_sent(entry).name end
    pushes[#pushes + 1] = raise_mark(account, peers, peer, mark, outs[peer].refused)
  end
  return pushes
end

-- A user's copy of a friendship, STATE|VERSION|BEGUN|TOLD|NAME: BEGUN are the marks of operations that were begun,
-- TOLD the last operations that were told, with the marks they closed. It stands in friends (hash) by the other one's
-- key, or, when there is nothing to show, as OTHER:f in peers, so that a late repeat of an old change is known as
-- old.
local function read_copy(friends, peers, other)
  local copy = call('HGET', friends, other) or call('HGET', peers, other .. ':f') or 'none|0|||'
  return string.match(copy, '^(.*)|(.*)|(.*)|(.*)|')
end

local function write_copy(friends, peers, name, state, version, begun, told)
  local other = string.lower(name)
  local copy = state .. '|' .. version .. '|' .. begun .. '|' .. told .. '|' .. name
  if state ~= 'none' or begun ~= '' then
    call('HSET', friends, other, copy)
  else
    call('HDEL', friends, other)
    call('HSET', peers, other .. ':f', copy)
  end
end
