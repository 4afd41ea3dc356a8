-- Another user has the user's messages so far: the mark rises, no further than there are messages.
-- KEYS[1] account  KEYS[2] peers  KEYS[3] push channel
-- ARGV[1] the other's name  ARGV[2] delivered  ARGV[3] read

local name, account = ARGV[1], read_fields(KEYS[1], 'marks')
if not account then return 1 end
local peer = string.lower(name)
local out, mark = unpack(call('HMGET', KEYS[2], peer .. ':o', peer .. ':m'))
out, mark = parse_out(out), parse_mark(mark)
local last = tonumber(out.n)
local read = math.min(tonumber(ARGV[3]), last)
local delivered = math.max(math.min(tonumber(ARGV[2]), last), read)
if delivered <= mark.delivered and read <= mark.read then return 1 end

mark.delivered, mark.read = math.max(mark.delivered, delivered), math.max(mark.read, read)
mark.name = name
local push = raise_mark(account, KEYS[2], peer, mark, out.refused)
call('HSET', KEYS[1], 'marks', account.marks)
call('SPUBLISH', KEYS[3], push)
return 1
