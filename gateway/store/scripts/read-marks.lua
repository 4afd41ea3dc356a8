-- The user's marks.
-- KEYS[1] account  KEYS[2] peers
-- ARGV[1] a version
-- Returns the version now; the marks that were raised after the one given; the version that came after the last failover
-- where the one given is lower, else 0.

local account = read_fields(KEYS[1], 'marks', 'marks_from') or {}
local marks, from = list_marks(account, KEYS[2], tonumber(ARGV[1]))
return { account.marks or '0', marks, tostring(from) }
