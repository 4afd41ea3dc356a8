-- Decides a change of a friendship.
-- KEYS[1] the pair's record (hash): state, VERSION|INVITED BY|ARE FRIENDS|CHANGE|CHANGED BY; answers, the last 16
-- ARGV[1] operation  ARGV[2] add, accept, deny or delete  ARGV[3] by  ARGV[4] other
-- Returns the state with |1 behind it when the change was done, |0 when not.

local op, kind, by, other = unpack(ARGV)
local state, answers = unpack(call('HMGET', KEYS[1], 'state', 'answers'))
state, answers = state or '0||0||', answers or ''

-- A repeat gets the first answer: lines of OP STATE|DONE, newest last.
for line in string.gmatch(answers, '[^\n]+') do
  local answered, answer = string.match(line, '^(%S+) (.*)$')
  if answered == op then return answer end
end

local version, invited_by, are_friends = string.match(state, '^(%d+)|(.-)|(%d)|')
local change
if by == other then
  change = nil
elseif are_friends == '1' or invited_by == by then
  change = kind == 'delete' and 'delete' or nil
elseif invited_by == other then
  -- IMS FRIEND: who adds somebody that has invited already accepts.
  change = ({ add = 'accept', accept = 'accept', deny = 'deny' })[kind]
elseif kind == 'add' then
  change = 'invite'
end

-- An invitation that stands already is done without a new version.
local is_done = change ~= nil or (kind == 'add' and invited_by == by and by ~= other)
if change then
  state = version + 1 .. '|' .. (change == 'invite' and by or '') .. '|' .. (change == 'accept' and 1 or 0)
    .. '|' .. change .. '|' .. by
end
local answer = state .. '|' .. (is_done and 1 or 0)
answers = answers .. op .. ' ' .. answer .. '\n'
local _, count = string.gsub(answers, '\n', '')
if count > 16 then answers = string.match(answers, '\n(.*)$') end
call('HSET', KEYS[1], 'state', state, 'answers', answers)
return answer
