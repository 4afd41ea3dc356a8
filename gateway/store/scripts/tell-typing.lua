-- Tells a friend that another user is writing, unless the friend has blocked that one.
-- KEYS[1] friends  KEYS[2] peers  KEYS[3] push channel
-- ARGV[1] the other's name

local peer = string.lower(ARGV[1])
local is_friend = string.find(call('HGET', KEYS[1], peer) or '', '^friends|') ~= nil
if is_friend and not is_blocked(KEYS[2], peer) then call('SPUBLISH', KEYS[3], '1|typing|' .. ARGV[1]) end
return 1
