-- Before a friendship changes: the other one is in the user's list, marked open.
-- KEYS[1] account  KEYS[2] friends  KEYS[3] peers
-- ARGV[1] the other's name  ARGV[2] mark  ARGV[3] session, or '' for none  ARGV[4] generation  ARGV[5] device or ''
-- Returns begun, unknown, full, fenced, replaced or unlisted.

local name, mark = ARGV[1], ARGV[2]
local account = read_account(KEYS[1])
if not account then return 'unknown' end
local fence = ARGV[3] ~= '' and find_fence(account, ARGV[3], ARGV[4], ARGV[5])
if fence then return fence end

local state, version, begun, told = read_copy(KEYS[2], KEYS[3], string.lower(name))
-- A repeat, which may come when the operation is decided and told.
if string.find(begun .. told .. ' ', ' ' .. mark .. ' ', 1, true) then return 'begun' end

if state == 'none' and call('HLEN', KEYS[2]) >= LIMIT.friendships then
  local count = 0
  for _, value in ipairs(call('HVALS', KEYS[2])) do
    if not string.find(value, '^none') then count = count + 1 end
  end
  if count >= LIMIT.friendships then return 'full' end
end

write_copy(KEYS[2], KEYS[3], name, state, version, keep_last(begun .. ' ' .. mark, 16), told)
return 'begun'
