#!lua flags=allow-oom
-- Forgets sessions.
-- KEYS[1] account
-- ARGV sessions
-- Returns 1 when none is open, else 0; those that are left, ended ones too. A repeat says what is so then.

local account = read_account(KEYS[1]) or {}
local count = #list_sessions(account)
for _, session in ipairs(ARGV) do
  account['s:' .. session] = nil
  call('HDEL', KEYS[1], 's:' .. session, 'o:' .. session)
end
local left_at, time = go_away(account, count)
if left_at then call('HSET', KEYS[1], left_at, time) end
local left = {}
for field in pairs(account) do
  if string.sub(field, 1, 2) == 's:' then left[#left + 1] = string.sub(field, 3) end
end
table.sort(left)
return { #list_sessions(account) == 0 and 1 or 0, left }
