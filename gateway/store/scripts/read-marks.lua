-- The user's marks.
-- KEYS[1] account  KEYS[2] peers
-- ARGV[1] a version
-- Returns the version now; the marks that were raised after the one given.

local account = read_fields(KEYS[1], 'marks', 'marks_from') or {}
return { account.marks or '0', list_marks(account, KEYS[2], tonumber(ARGV[1])) }
