-- Opens a session and reads all that a login needs.
-- KEYS[1] account  KEYS[2] log  KEYS[3] peers  KEYS[4] friends  KEYS[5] devices  KEYS[6] push channel
-- ARGV[1] session  ARGV[2] generation  ARGV[3] what is known of the session  ARGV[4] entries in a page
-- ARGV[5] device or '', and of its login, where given: ARGV[6] token  ARGV[7] label  ARGV[8] epoch  ARGV[9] stream id of
-- the last entry it has  ARGV[10] version of its marks  ARGV[11] status  ARGV[12] an epoch to come
-- ARGV[13] the token that it showed, or ''
-- Returns nothing when fenced; else name, status, delivered, from, head, entries, friends (flat), the entries of own
-- messages pending, sessions, those that leave, the failover after which copies were compared (-1 where the log has
-- not what the device held), whose invitations are hidden, those to be told (peer, delivered, read for each), and with a
-- device: epoch, 1 where it is resumed, the stream ids of the log's first and last entries or '', the last id that was
-- taken, version of the marks, those that changed, the version from which on they count where its own is lower, else 0.

local session, generation, device = ARGV[1], ARGV[2], ARGV[5]
local account = read_account(KEYS[1])
-- Revoked, or given another token, since it was looked at.
local shown = ARGV[13] or ''
if shown ~= '' then
  local row = call('HGET', KEYS[5], device)
  if not row or string.match(row, '^%d+|%d+|%d*|([^|]*)|') ~= shown then return {} end
end
local is_open, changes = list_session(account, session, generation, ARGV[3])
if not is_open then return {} end

-- What a repeat finds done.
local ended, pushes = {}, {}
if changes and device ~= '' then
  local change
  change, ended = use_device(KEYS[1], KEYS[5], account, session, device, ARGV[6], ARGV[7])
  local status = ARGV[11]
  if status ~= '' and status ~= account.status then
    account.status, account.since = status, now()
    for _, word in ipairs({ 'status', status, 'since', account.since }) do change[#change + 1] = word end
  end
  for _, word in ipairs(change) do changes[#changes + 1] = word end
end
if changes then call('HSET', KEYS[1], unpack(changes)) end

local delivered = delivered_of(account)
local from, of_device, is_lost = delivered, {}, false
if device ~= '' then
  local first = call('XRANGE', KEYS[2], '-', '+', 'COUNT', 1)[1]
  local last = call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
  local epoch, place = account.epoch or '0', ARGV[9]
  local is_known = place ~= '' and ARGV[8] == epoch
  local found = is_known and find_place(KEYS[2], place, first)
  local is_resumed = found == 'held'
  from = math.max(0, math.min(account.head - ARGV[4], delivered))
  if is_resumed then from = string.match(place, '^%d+') end
  is_lost = found == 'lost' or place ~= '' and not is_known
  if found == 'lost' then
    epoch = ARGV[12]
    call('HSET', KEYS[1], 'epoch', epoch)
    pushes[1] = '1|epoch|' .. epoch
  end
  local marks, marks_from = list_marks(account, KEYS[3], tonumber(ARGV[10]))
  of_device = { epoch, is_resumed and 1 or 0, first and first[1] or '', last and last[1] or '',
    (read_ids(account, device)), account.marks or '0', marks, tostring(marks_from) }
end

local leaving = {}
for field, value in pairs(account) do
  if string.sub(field, 1, 2) == 's:' and string.sub(value, 1, 1) == 'l' then
    leaving[#leaving + 1] = string.sub(field, 3)
  end
end
local friends, inviters, fields, hidden = call('HGETALL', KEYS[4]), {}, {}, {}
for i = 1, #friends, 2 do
  if string.find(friends[i + 1], '^invited|') then
    inviters[#inviters + 1], fields[#fields + 1] = friends[i], friends[i] .. ':m'
  end
end
local marks = #inviters > 0 and call('HMGET', KEYS[3], unpack(fields)) or {}
for i, inviter in ipairs(inviters) do
  if parse_mark(marks[i]).is_blocked then hidden[#hidden + 1] = inviter end
end
local answer = { account.name, account.status, tostring(delivered), tostring(from), account.head,
  read_page(KEYS[2], from + 1, ARGV[4]), friends, read_pending(account, KEYS[2], KEYS[3]),
  list_sessions(account), leaving, is_lost and '-1' or account.compared, hidden, list_untold(account, KEYS[3]), of_device }
push_ends(KEYS[6], account, ended)
for _, push in ipairs(pushes) do call('SPUBLISH', KEYS[6], push) end
return answer
