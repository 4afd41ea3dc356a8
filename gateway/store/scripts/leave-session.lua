#!lua flags=allow-oom
-- A session is over and counts no more; it stays named until it is closed.
-- KEYS[1] account
-- ARGV[1] session
-- Returns 1 when none is open, else 0. A repeat says what is so then.

local account = read_account(KEYS[1]) or {}
local field, count = 's:' .. ARGV[1], #list_sessions(account)
if account[field] then
  account[field] = string.gsub(account[field], '^%d+', 'l')
  call('HSET', KEYS[1], field, account[field], go_away(account, count))
end
return #list_sessions(account) == 0 and 1 or 0
