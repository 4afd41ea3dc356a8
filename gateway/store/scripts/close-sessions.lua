-- Forgets sessions.
-- KEYS[1] account
-- ARGV sessions
-- Returns those that are left, ended ones too.

for _, session in ipairs(ARGV) do call('HDEL', KEYS[1], 's:' .. session, 'o:' .. session) end
local left = {}
for _, field in ipairs(call('HKEYS', KEYS[1])) do
  if string.sub(field, 1, 2) == 's:' then left[#left + 1] = string.sub(field, 3) end
end
return left
