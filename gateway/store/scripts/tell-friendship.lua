-- Brings the user's copy of a friendship to a version, with an entry in the log, and closes what was begun.
-- KEYS[1] account  KEYS[2] friends  KEYS[3] log  KEYS[4] peers  KEYS[5] push channel
-- ARGV[1] the other's name  ARGV[2] version  ARGV[3] state  ARGV[4] entry's kind  ARGV[5] change
-- ARGV[6] check of the place  ARGV[7] operation, or '' where the record was read

local name, version, op = ARGV[1], tonumber(ARGV[2]), ARGV[7]
local account = read_account(KEYS[1])
if not account then return 1 end

local state, old, begun, told = read_copy(KEYS[2], KEYS[4], string.lower(name))

-- A decision closes one mark, once: another operation that was begun meanwhile, and perhaps decided by a gateway that
-- then dies, keeps the copy open. A record that was read, to heal the list, closes all.
if op == '' then
  begun = ''
elseif not string.find(told .. ' ', ' ' .. op .. ' ', 1, true) then
  local mark, rest = string.match(begun, '^( %S+)(.*)$')
  begun = rest or ''
  told = keep_last(told .. ' ' .. op .. (mark or ''), 16)
end

-- A copy that is there already, or further, keeps what it has.
local is_newer, before = version > tonumber(old), state
if is_newer then state, old = ARGV[3], ARGV[2] end
write_copy(KEYS[2], KEYS[4], name, state, old, begun, told)
if not is_newer then return 1 end

-- Nobody is shown the invitation of one they have blocked, nor that it was withdrawn. An acceptance by the other one is
-- what a comparison makes of a lost one of the user's own.
local is_end = before == 'invited' and ARGV[5] ~= 'accept'
local is_hidden = ARGV[4] == 'friend-in' and (ARGV[5] == 'invite' or is_end)
if is_hidden and is_blocked(KEYS[4], string.lower(name)) then return 1 end

local check = ARGV[6]
local push = append(KEYS[3], KEYS[4], account, check, ARGV[4], version, check, '', name, ARGV[5])
write_head(KEYS[1], account)
call('SPUBLISH', KEYS[5], push)
return 1
