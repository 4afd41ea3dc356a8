-- What can be seen of a user.
-- KEYS[1] account  KEYS[2] peers
-- ARGV[1] who asks, or '' for nobody
-- Returns nothing when there is no account; else name, status, banned, sessions, since, 1 where who asks is blocked.

local account = read_account(KEYS[1])
if not account then return {} end
local is_blocking = ARGV[1] ~= '' and is_blocked(KEYS[2], ARGV[1])
return show_presence(account, list_sessions(account), is_blocking)
