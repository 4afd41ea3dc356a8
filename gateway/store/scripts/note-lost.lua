-- A device was given a place of the log: where it is not there any more, the log gets a new epoch, if it has none since.
-- KEYS[1] account  KEYS[2] log  KEYS[3] push channel
-- ARGV[1] epoch  ARGV[2] stream id of the place  ARGV[3] an epoch to come

local account = read_fields(KEYS[1], 'epoch')
if not account or (account.epoch or '0') ~= ARGV[1] then return end
if find_place(KEYS[2], ARGV[2], call('XRANGE', KEYS[2], '-', '+', 'COUNT', 1)[1]) ~= 'lost' then return end
call('HSET', KEYS[1], 'epoch', ARGV[3])
call('SPUBLISH', KEYS[3], '1|epoch|' .. ARGV[3])
