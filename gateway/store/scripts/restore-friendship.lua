-- A failover lost the end of a pair's record: a user's copy that is newer brings it back.
-- KEYS[1] the pair's record
-- ARGV[1] version  ARGV[2] invited by  ARGV[3] are friends  ARGV[4] change  ARGV[5] changed by

local state = call('HGET', KEYS[1], 'state') or '0'
if tonumber(ARGV[1]) > tonumber(string.match(state, '^%d+')) then
  call('HSET', KEYS[1], 'state', table.concat(ARGV, '|'))
end
return 1
