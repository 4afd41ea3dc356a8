-- Opens a session and reads all that a login needs.
-- KEYS[1] account  KEYS[2] log  KEYS[3] peers  KEYS[4] friends
-- ARGV[1] session  ARGV[2] generation  ARGV[3] what is known of the session  ARGV[4] entries in a page
-- Returns nothing when fenced; else name, status, delivered, head, entries, friends (flat), the entries of own
-- messages pending, sessions.

local session, generation = ARGV[1], ARGV[2]
local account = read_account(KEYS[1])
if not account or account.banned == '1' or account.generation ~= generation then return {} end

-- A repeat finds it open, or ended meanwhile.
local field = 's:' .. session
if not account[field] then
  account[field] = generation .. '|' .. ARGV[3]
  call('HSET', KEYS[1], field, account[field])
elseif not is_of(account[field], generation) then
  return {}
end

local pending = {}
for _, id in ipairs(list_pending(account, KEYS[3])) do pending[#pending + 1] = call('XRANGE', KEYS[2], id, id)[1] end
local delivered = delivered_of(account)
local entries = call('XRANGE', KEYS[2], delivered + 1, '+', 'COUNT', ARGV[4])
return { account.name, account.status, tostring(delivered), account.head, entries, call('HGETALL', KEYS[4]), pending,
  list_sessions(account) }
