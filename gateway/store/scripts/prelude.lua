-- What the scripts of a user's slot share. The loader puts the table LIMIT (entries, age, bytes, waiting,
-- unconfirmed, friendships, devices, absence) and this file, prelude-log and prelude-peers before each of them.
--
-- Account (hash): name, pass, banned, generation, status, created; made and ops, the operations that made and last
-- changed it; compared, the failover after which its copies were compared with those of others; since when the user
-- has been there, or has had the status, and left, when the last session went, 0 while one is there; head, total and
-- time of the log's last entry, and its epoch; arrived, the last entry that is a message to the user; delivered;
-- pending, how many own messages are not settled; marks, the version of the marks, and marks_from, the least that is told
-- since the last failover; untold, ' PEER:OPERATION' for each one that was not told how far the user has the messages, with what last raised it; for each session s:SESSION, its
-- GENERATION (0 when ended, l when it leaves) and what is known of it, and o:SESSION, its last answer; for each
-- device d:DEVICE, its newest SESSION, the last id that was taken and how many were. What is left of a removed
-- account: name and removed, the operation. Numbers stay below 10^14, up to which Lua writes them without an
-- exponent.

local call = redis.call

-- The account as a table; nil where there is none or it was removed.
local function read_account(key)
  local flat = call('HGETALL', key)
  local account = {}
  for i = 1, #flat, 2 do account[flat[i]] = flat[i + 1] end
  if account.generation then return account end
end

-- The same of some of its fields: an account with many sessions and devices is long.
local function read_fields(key, ...)
  local values, account = call('HMGET', key, 'generation', ...), {}
  for i, field in ipairs({ ... }) do account[field] = values[i + 1] or nil end
  if values[1] then return account end
end

local function is_of(session, generation)
  return session and string.match(session, '^%d+') == generation
end

-- An author whose session is not open changes nothing: fenced where it was ended, unlisted where nobody ended it. Nor
-- one whose device, '' for none, has a newer session: replaced.
local function find_fence(account, session, generation, device)
  if not account or account.banned == '1' or account.generation ~= generation then return 'fenced' end
  local row = account['s:' .. session]
  if not row then return 'unlisted' end
  if not is_of(row, generation) then return 'fenced' end
  if device == '' then return end
  local newest = account['d:' .. device]
  if not newest then return 'unlisted' end
  if string.match(newest, '^[^|]*') ~= session then return 'replaced' end
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

-- The time in a script is one.
local moment
local function now()
  if not moment then
    local time = call('TIME')
    moment = time[1] * 1000 + math.floor(time[2] / 1000)
  end
  return moment
end

-- Since when the user has been there, or away.
local function since_of(account, sessions)
  local is_away = #sessions == 0 and tonumber(account.left or 0) > 0
  return is_away and account.left or account.since or account.created
end

-- What readers are shown of a user, `sessions` being those that are open.
local function show_presence(account, sessions, is_blocking)
  return { account.name, account.status, account.banned, sessions, since_of(account, sessions), is_blocking and 1 or 0 }
end

-- Where the last of `count` sessions has gone: what is written then.
local function go_away(account, count)
  if count > 0 and #list_sessions(account) == 0 then return 'left', now() end
end

-- Since when a user is there who had no session and gets one. A short absence does not count, nor does it when a
-- failover lost the sessions (`is_back`).
local function come(account, is_back)
  local time, left = now(), tonumber(account.left or 0)
  local is_same = (left > 0 and time - left < LIMIT.absence) or (left == 0 and is_back)
  return is_same and account.since or time
end

-- Lists a session in the account. Returns false when it may not be open: it was ended, or the account does not let it;
-- else true, and what is to be written, or nothing where it was listed before.
local function list_session(account, session, generation, info, is_back)
  local fence = find_fence(account, session, generation, '')
  if fence ~= 'unlisted' then return fence == nil end
  local field, row = 's:' .. session, generation .. '|' .. info
  local changes = { field, row }
  if #list_sessions(account) == 0 then
    account.since, account.left = come(account, is_back), 0
    changes = { field, row, 'since', account.since, 'left', 0 }
  end
  account[field] = row
  return true, changes
end

-- Words as text, each after a space: the last so many.
local function keep_last(words, most)
  local _, length = string.gsub(words, ' ', '')
  for _ = most + 1, length do words = string.match(words, '^ %S+(.*)$') end
  return words
end

-- An operation on the account that was done already: a repeat, also one that comes late.
local function is_done(account, op)
  return string.find((account.ops or '') .. ' ', ' ' .. op .. ' ', 1, true) ~= nil
end

local function add_op(account, op)
  return keep_last((account.ops or '') .. ' ' .. op, 8)
end

-- Ends all sessions: they are of an earlier generation then.
local function raise_generation(key, channel, account)
  if #list_sessions(account) > 0 then call('HSET', key, 'left', now()) end
  local generation = call('HINCRBY', key, 'generation', 1)
  call('SPUBLISH', channel, '1|end|' .. generation .. '|')
end

-- Ends sessions of the account, each by itself. They stay named until they are closed.
local function end_sessions(key, account, sessions)
  local count = #list_sessions(account)
  for _, session in ipairs(sessions) do
    local field = 's:' .. session
    account[field] = string.gsub(account[field], '^%d+', '0')
    call('HSET', key, field, account[field])
  end
  local left, time = go_away(account, count)
  if left then call('HSET', key, left, time) end
end

local function push_ends(channel, account, sessions)
  for _, session in ipairs(sessions) do call('SPUBLISH', channel, '1|end|' .. account.generation .. '|' .. session) end
end

-- How many messages of a device are remembered with their answers.
local ANSWERS = 32

-- Devices (hash): DEVICE, MADE|USED|GENERATION|TOKEN|LABEL; DEVICE:0 … DEVICE:31, the last messages by turns, each
-- DIGEST|ID|PLACE|TIME|N|PREVIOUS; :used, the highest USED, so that no two devices were last used at one time.

-- Forgets a device and ends its sessions, which it gives: their ends are to be pushed.
local function forget_device(key, devices, account, device)
  local sessions, fields = {}, { device }
  for _, session in ipairs(list_sessions(account)) do
    local info = string.match(account['s:' .. session], '^%d+|(.*)$')
    if cjson.decode(info).device == device then sessions[#sessions + 1] = session end
  end
  for slot = 0, ANSWERS - 1 do fields[slot + 2] = device .. ':' .. slot end
  account['d:' .. device] = nil
  call('HDEL', key, 'd:' .. device)
  call('HDEL', devices, unpack(fields))
  end_sessions(key, account, sessions)
  return sessions
end

-- Makes room for a device: forgets those that were not used for the longest time. Gives their sessions.
local function make_room(key, devices, account)
  local known, ended = {}, {}
  for field in pairs(account) do
    if string.sub(field, 1, 2) == 'd:' then known[#known + 1] = string.sub(field, 3) end
  end
  if #known < LIMIT.devices then return ended end
  local used = {}
  for i, row in ipairs(call('HMGET', devices, unpack(known))) do
    used[known[i]] = tonumber(string.match(row or '', '^%d+|(%d+)')) or 0
  end
  table.sort(known, function(a, b) return used[a] < used[b] end)
  for i = 1, #known - LIMIT.devices + 1 do
    for _, session in ipairs(forget_device(key, devices, account, known[i])) do ended[#ended + 1] = session end
  end
  return ended
end

-- When a device is used now: after all others.
local function use_time(latest)
  return math.max(now(), (tonumber(latest or 0)) + 1)
end

-- The session is the newest of its device from now on, and the device is made where there is none. `token` is ''
-- where it keeps the one it has. Gives what is to be written to the account, and the sessions of a device that made
-- room.
local function use_device(key, devices, account, session, device, token, label)
  local field = 'd:' .. device
  local ended = account[field] and {} or make_room(key, devices, account)
  local row, latest = unpack(call('HMGET', devices, device, ':used'))
  local used = use_time(latest)
  local made, generation, hash = string.match(row or used .. '||||', '^(%d+)|%d*|(%d*)|([^|]*)|')
  if token ~= '' then generation, hash = account.generation, token end
  call('HSET', devices, device, table.concat({ made, used, generation, hash, label }, '|'), ':used', used)
  account[field] = session .. (string.match(account[field] or '|0|0', '|.*$'))
  return { field, account[field] }, ended
end

-- The last id of a device that was taken, and how many were.
local function read_ids(account, device)
  local last, count = string.match(account and account['d:' .. device] or '|0|0', '|(%d+)|(%d+)$')
  return tonumber(last), tonumber(count)
end

-- The answer to a message of a device: nothing where the id was another message's, or it is too long ago.
local function find_answer(devices, device, id, digest)
  local fields = {}
  for slot = 0, ANSWERS - 1 do fields[slot + 1] = device .. ':' .. slot end
  for _, kept in ipairs(call('HMGET', devices, unpack(fields))) do
    local of, answer = string.match(kept or '', '^(%x+)|(.*)$')
    if of == digest and tonumber(string.match(answer, '^%d+')) == id then return answer end
  end
end
