-- What the scripts of a user's slot share. The loader puts the table LIMIT (entries, age, bytes, waiting,
-- unconfirmed, friendships) and this file before each of them.
--
-- Account (hash): name, pass, banned, generation, status, created; made and ops, the operations that made and last
-- changed it; compared, the failover after which its copies were compared with those of others; head, total and time of the log's last entry; arrived, the last entry that is a message to the user;
-- delivered; pending, how many own messages are not settled; for each session s:SESSION, its GENERATION (0 when
-- ended, l when it leaves) and what is known of it, and o:SESSION, its last answer. What is left of a removed account: name and removed, the operation.
-- Numbers stay below 10^14, up to which Lua writes them without an exponent.

local call = redis.call

-- The account as a table; nil where there is none or it was removed.
local function read_account(key)
  local flat = call('HGETALL', key)
  local account = {}
  for i = 1, #flat, 2 do account[flat[i]] = flat[i + 1] end
  if account.generation then return account end
end

local function is_of(session, generation)
  return session and string.match(session, '^%d+') == generation
end

-- An author whose session is not open changes nothing: fenced where it was ended, unlisted where nobody ended it.
local function find_fence(account, session, generation)
  if not account or account.banned == '1' or account.generation ~= generation then return 'fenced' end
  local row = account['s:' .. session]
  if not row then return 'unlisted' end
  if not is_of(row, generation) then return 'fenced' end
end

-- Lists a session, unless it is. Returns false when it may not be open: it was ended, or the account does not let it.
local function list_session(key, account, session, generation, info)
  local fence = find_fence(account, session, generation)
  if fence ~= 'unlisted' then return fence == nil end
  account['s:' .. session] = generation .. '|' .. info
  call('HSET', key, 's:' .. session, account['s:' .. session])
  return true
end

-- The operation of the session's last change, and its answer.
local function last_answer(account, session)
  local answer = account and account['o:' .. session]
  return answer and tonumber(string.match(answer, '^%d+')) or 0, answer
end

local function list_sessions(account)
  local sessions = {}
  for field, value in pairs(account) do
    if string.sub(field, 1, 2) == 's:' and is_of(value, account.generation) then
      sessions[#sessions + 1] = string.sub(field, 3)
    end
  end
  table.sort(sessions)
  return sessions
end

local function now()
  local time = call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- An operation on the account that was done already: a repeat, also one that comes late.
local function is_done(account, op)
  return string.find((account.ops or '') .. ' ', ' ' .. op .. ' ', 1, true) ~= nil
end

-- Ends all sessions: they are of an earlier generation then.
local function raise_generation(key, channel)
  local generation = call('HINCRBY', key, 'generation', 1)
  call('SPUBLISH', channel, '1|end|' .. generation .. '|')
end

-- Stream ids of the own messages that are not settled.
local function list_pending(account, peers)
  local ids = {}
  -- Nearly always there is none, and no list of peers has to be read.
  if tonumber(account.pending) == 0 then return ids end
  local flat = call('HGETALL', peers)
  for i = 1, #flat, 2 do
    local pending = string.find(flat[i], ':o$') and string.match(flat[i + 1], '^%d+|.*|(.*)|') or ''
    for id in string.gmatch(pending, '@(%S+)') do ids[#ids + 1] = id end
  end
  return ids
end

-- Their entries.
local function read_pending(account, log, peers)
  local entries = {}
  for _, id in ipairs(list_pending(account, peers)) do entries[#entries + 1] = call('XRANGE', log, id, id)[1] end
  return entries
end

-- What an entry's number, time, marks and place are reckoned to take, besides name and text.
local ENTRY_BYTES = 64

-- Whether the oldest entry of a log has to go: too many after it, too many bytes from it on, or too old.
local function is_beyond(account, number, line)
  local time, total, rest = string.match(line, '^1|[^|]*|[^|]*|(%d+)|[^|]*|[^|]*|(%d+)|(.*)$')
  local before = total - ENTRY_BYTES - (#rest - 1)
  return number <= account.head - LIMIT.entries or account.total - before > LIMIT.bytes
    or account.time - time > LIMIT.age
end

-- The number up to which nothing waits to be delivered: own messages and changes of friendships never do.
local function delivered_of(account)
  local delivered = tonumber(account.delivered)
  return delivered < tonumber(account.arrived) and delivered or tonumber(account.head)
end

-- Drops the oldest entries, but nothing that is still to be delivered or to be carried on.
local function trim(log, peers, account)
  local last = delivered_of(account)
  for _, id in ipairs(list_pending(account, peers)) do
    last = math.min(last, string.match(id, '^%d+') - 1)
  end
  local dropped, is_more = 0, true
  while is_more do
    local page = call('XRANGE', log, dropped + 1, last, 'COUNT', 128)
    is_more = #page > 0
    for _, entry in ipairs(page) do
      local number = tonumber(string.match(entry[1], '^%d+'))
      is_more = is_beyond(account, number, entry[2][2])
      if not is_more then break end
      dropped = number
    end
  end
  if dropped > 0 then call('XTRIM', log, 'MINID', dropped + 1) end
end

-- Appends an entry and changes `account` to match, which the caller writes by write_head. Returns its push.
local function append(log, peers, account, place_check, kind, n, check, previous, name, text)
  account.delivered = delivered_of(account)
  account.head = account.head + 1
  if kind == 'in' or kind == 'self' then account.arrived = account.head end
  account.time = math.max(now(), tonumber(account.time))
  account.total = account.total + ENTRY_BYTES + #name + #text
  local line = '1|' .. kind .. '|' .. n .. '|' .. account.time .. '|' .. check .. '|' .. previous .. '|'
    .. account.total .. '|' .. name .. '|' .. text
  -- A stream's id is two decimal numbers.
  call('XADD', log, account.head .. '-' .. tonumber(place_check, 16), 'e', line)
  if account.head % 64 == 0 then trim(log, peers, account) end
  return '1|entry|' .. account.head .. '-' .. place_check .. '|' .. line
end

local function write_head(key, account, ...)
  call('HSET', key, 'head', account.head, 'total', account.total, 'time', account.time,
    'arrived', account.arrived, 'delivered', account.delivered, ...)
end

-- Words as text, each after a space: the last so many.
local function keep_last(words, most)
  local _, length = string.gsub(words, ' ', '')
  for _ = most + 1, length do words = string.match(words, '^ %S+(.*)$') end
  return words
end

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
local function read_out(peers, peer)
  local out = {}
  out.n, out.check, out.pending, out.refused =
    string.match(call('HGET', peers, peer .. ':o') or '0|||', '^(%d+)|(.*)|(.*)|(.*)$')
  return out
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

-- Applies settlements, ARGV from `first` on: peer, n, check ('' for any), reason ('' where it was taken in). A repeat
-- finds none pending.
local function settle(peers, account, outs, first)
  for i = first, #ARGV, 4 do
    local peer, n, check, reason = ARGV[i], tonumber(ARGV[i + 1]), ARGV[i + 2], ARGV[i + 3]
    local out = outs[peer] or read_out(peers, peer)
    local id = check == '' and '%S+' or '%d+%-' .. tonumber(check, 16)
    local pending, count = string.gsub(out.pending .. ' ', ' ' .. n .. '@' .. id .. ' ', ' ')
    pending = string.sub(pending, 1, -2)
    if count > 0 then
      outs[peer] = out
      out.pending = pending
      account.pending = account.pending - 1
      if reason ~= '' then out.refused = add_refused(out.refused, n) end
    end
  end
end

-- PEER:i for messages from a peer: n and check (none where it was refused) of the last, the n up to which they were
-- delivered, how many are in the log and not delivered, the n that were refused.
local function read_in(peers, peer)
  local last, check, mark, waiting, refused =
    string.match(call('HGET', peers, peer .. ':i') or '0||0|0|', '^(%d+)|(.-)|(%d+)|(%d+)|(.*)$')
  return { last = tonumber(last), check = check, mark = tonumber(mark), waiting = tonumber(waiting), refused = refused }
end

local function write_in(peers, peer, record)
  local value = record.last .. '|' .. record.check .. '|' .. record.mark .. '|' .. record.waiting .. '|' .. record.refused
  call('HSET', peers, peer .. ':i', value)
end

-- A user's copy of a friendship, STATE|VERSION|BEGUN|TOLD|NAME: BEGUN are the marks of operations that were begun, TOLD
-- the last operations that were told, with the marks they closed. It stands in friends (hash) by the other one's key, or, when there is nothing to
-- show, as OTHER:f in peers, so that a late repeat of an old change is known as old.
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
