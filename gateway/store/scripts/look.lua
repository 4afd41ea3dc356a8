-- What a gateway compares its own sessions with.
-- KEYS[1] account  KEYS[2] log
-- Returns nothing when there is no account; else generation, banned, the stream id of the last entry or '', the sessions
-- that are open, those that were ended, the log's epoch, the version of the marks.

local account = read_account(KEYS[1])
if not account then return {} end
local last = call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
local ended = {}
for field, value in pairs(account) do
  local is_session = string.sub(field, 1, 2) == 's:' and string.sub(value, 1, 1) ~= 'l'
  if is_session and not is_of(value, account.generation) then
    ended[#ended + 1] = string.sub(field, 3)
  end
end
return { account.generation, account.banned, last and last[1] or '', list_sessions(account), ended,
  account.epoch or '0', account.marks or '0' }
