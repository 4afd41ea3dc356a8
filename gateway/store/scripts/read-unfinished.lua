-- What was left half-way.
-- KEYS[1] account  KEYS[2] log  KEYS[3] peers  KEYS[4] friends
-- Returns nothing when there is no account; else name, the entries of own messages pending, friends (flat),
-- those to be told (peer, delivered, read for each).

local account = read_account(KEYS[1])
if not account then return {} end
return { account.name, read_pending(account, KEYS[2], KEYS[3]), call('HGETALL', KEYS[4]),
  list_untold(account, KEYS[3]) }
