-- The log, of the scripts of a user's slot.

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
  local version, time, total, rest = string.match(line, '^(%d)|[^|]*|[^|]*|(%d+)|[^|]*|[^|]*|(%d+)|(.*)$')
  -- Between name and text stands a bar; in version 2 there are device and id, with a bar behind each.
  local before = total - ENTRY_BYTES - (#rest - (version == '2' and 3 or 1))
  return number <= account.head - LIMIT.entries or account.total - before > LIMIT.bytes
    or account.time - time > LIMIT.age
end

-- The message to another user that an entry is; nothing for another entry. Device and id are '' where none sent it.
local function read_sent(entry)
  local version, n, check, previous, rest =
    string.match(entry[2][2], '^(%d)|out|(%d+)|[^|]*|([^|]*)|([^|]*)|[^|]*|(.*)$')
  if not version then return end
  local device, id = '', ''
  if version == '2' then device, id, rest = string.match(rest, '^([^|]*)|([^|]*)|(.*)$') end
  local name, text = string.match(rest, '^([^|]*)|(.*)$')
  return { n = tonumber(n), place = entry[1], check = check, previous = previous, device = device, id = id,
    peer = string.lower(name), name = name, text = text }
end

-- The number up to which nothing waits to be delivered: own messages and changes of friendships never do.
local function delivered_of(account)
  local delivered = tonumber(account.delivered)
  return delivered < tonumber(account.arrived) and delivered or tonumber(account.head)
end

-- Bytes from which on a page is full, however few entries it has (PAGE_SIZE of the contract).
local PAGE_SIZE = 131072

-- The first entries from a number on, so many at most; one at least where there is one.
local function read_page(log, first, count)
  local entries = call('XRANGE', log, first, '+', 'COUNT', count)
  local page, bytes = {}, 0
  for i, entry in ipairs(entries) do
    if bytes >= PAGE_SIZE then break end
    page[i], bytes = entry, bytes + #entry[2][2]
  end
  return page
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

-- Appends an entry and changes `account` to match, which the caller writes by write_head. Returns its push. `device` and
-- `id`: of an own message that a device sent; '' or nil for none.
local function append(log, peers, account, place_check, kind, n, check, previous, name, text, device, id)
  account.delivered = delivered_of(account)
  account.head = account.head + 1
  if kind == 'in' or kind == 'self' then account.arrived = account.head end
  account.time = math.max(now(), tonumber(account.time))
  local by = (device or '') ~= '' and { device, id } or {}
  account.total = account.total + ENTRY_BYTES + #table.concat(by) + #name + #text
  local line = table.concat({ kind, n, account.time, check, previous, account.total }, '|') .. '|'
  if by[1] then
    line = '2|' .. line .. table.concat(by, '|') .. '|' .. name .. '|' .. text
  else
    line = '1|' .. line .. name .. '|' .. text
  end
  -- A stream's id is two decimal numbers.
  call('XADD', log, account.head .. '-' .. tonumber(place_check, 16), 'e', line)
  if account.head % 64 == 0 then trim(log, peers, account) end
  return '1|entry|' .. account.head .. '-' .. place_check .. '|' .. line
end

local function write_head(key, account, ...)
  call('HSET', key, 'head', account.head, 'total', account.total, 'time', account.time,
    'arrived', account.arrived, 'delivered', account.delivered, ...)
end

-- What became of the entry with this stream id in a log that begins with the entry `first`, nil for an empty one: it is
-- held; it was dropped for its age, below the first one; or it was lost, and what it had is another's now.
local function find_place(key, id, first)
  if #call('XRANGE', key, id, id) > 0 then return 'held' end
  local is_below = first and tonumber(string.match(id, '^%d+')) < tonumber(string.match(first[1], '^%d+'))
  return is_below and 'dropped' or 'lost'
end
