-- The user's marks.
-- KEYS[1] account  KEYS[2] peers
-- ARGV[1] a version
-- Returns the version now; the marks that were raised after the one given.

local marks = call('HGET', KEYS[1], 'marks')
local account = { marks = marks or '0' }
return { account.marks, list_marks(account, KEYS[2], tonumber(ARGV[1])) }
