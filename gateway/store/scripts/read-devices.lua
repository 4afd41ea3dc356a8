-- What is kept of the user's devices.
-- KEYS[1] devices
-- ARGV[1] the only one asked for, or '' for all
-- Returns the time, then device, MADE|USED|GENERATION|TOKEN|LABEL for each.

local found = { tostring(now()) }
if ARGV[1] ~= '' then
  local row = call('HGET', KEYS[1], ARGV[1])
  if row then found[2], found[3] = ARGV[1], row end
  return found
end
local flat = call('HGETALL', KEYS[1])
for i = 1, #flat, 2 do
  -- Beside them stand their answers.
  if not string.find(flat[i], ':', 1, true) then found[#found + 1], found[#found + 2] = flat[i], flat[i + 1] end
end
return found
