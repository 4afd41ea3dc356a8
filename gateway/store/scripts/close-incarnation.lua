#!lua flags=allow-oom
-- Forgets all sessions at one incarnation.
-- KEYS[1] account
-- ARGV[1] incarnation

local account = read_account(KEYS[1]) or {}
local count = #list_sessions(account)
for field in pairs(account) do
  if string.match(field, '^[so]:([^.]*)%.') == ARGV[1] then
    account[field] = nil
    call('HDEL', KEYS[1], field)
  end
end
local left, time = go_away(account, count)
if left then call('HSET', KEYS[1], left, time) end
return 1
