#!lua flags=allow-oom
-- Others were told how far the user has their messages.
-- KEYS[1] account  KEYS[2] peers
-- ARGV peer, delivered, read for each

local untold = call('HGET', KEYS[1], 'untold') or ''
local left = untold
for i = 1, #ARGV, 3 do
  local record, mark = unpack(call('HMGET', KEYS[2], ARGV[i] .. ':i', ARGV[i] .. ':m'))
  local delivered, read = show_progress(parse_in(record), parse_mark(mark))
  -- What has risen since is still to be told.
  if delivered <= tonumber(ARGV[i + 1]) and read <= tonumber(ARGV[i + 2]) then left = without_untold(left, ARGV[i]) end
end
if left ~= untold then call('HSET', KEYS[1], 'untold', left) end
return 1
