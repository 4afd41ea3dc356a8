-- What the user's copies say of other users.
-- KEYS[1] account  KEYS[2] peers  KEYS[3] friends
-- ARGV[1] the only other one, or '' for all
-- Returns nothing when there is no account; else name, peers (flat), friends (flat).

local name, generation = unpack(call('HMGET', KEYS[1], 'name', 'generation'))
if not generation then return {} end
local other = ARGV[1]
if other == '' then return { name, call('HGETALL', KEYS[2]), call('HGETALL', KEYS[3]) } end

local found = {}
for _, field in ipairs({ other .. ':o', other .. ':i', other .. ':f' }) do
  local value = call('HGET', KEYS[2], field)
  if value then found[#found + 1], found[#found + 2] = field, value end
end
local copy = call('HGET', KEYS[3], other)
return { name, found, copy and { other, copy } or {} }
