-- Opens a session and reads all that a login needs.
-- KEYS[1] account  KEYS[2] log  KEYS[3] peers  KEYS[4] friends
-- ARGV[1] session  ARGV[2] generation  ARGV[3] what is known of the session  ARGV[4] entries in a page
-- Returns nothing when fenced; else name, status, delivered, head, entries, friends (flat), the entries of own
-- messages pending, sessions, those that leave, the failover after which copies were
-- compared.

local session, generation = ARGV[1], ARGV[2]
local account = read_account(KEYS[1])
if not list_session(KEYS[1], account, session, generation, ARGV[3]) then return {} end

local leaving = {}
for field, value in pairs(account) do
  if string.sub(field, 1, 2) == 's:' and string.sub(value, 1, 1) == 'l' then
    leaving[#leaving + 1] = string.sub(field, 3)
  end
end
local pending = read_pending(account, KEYS[2], KEYS[3])
local delivered = delivered_of(account)
local entries = call('XRANGE', KEYS[2], delivered + 1, '+', 'COUNT', ARGV[4])
return { account.name, account.status, tostring(delivered), account.head, entries, call('HGETALL', KEYS[4]), pending,
  list_sessions(account), leaving, account.compared }
