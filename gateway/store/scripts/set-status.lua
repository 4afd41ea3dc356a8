-- Sets the status.
-- KEYS[1] account
-- ARGV[1] session  ARGV[2] generation  ARGV[3] status
-- Returns 0 when fenced.

if is_fenced(read_account(KEYS[1]), ARGV[1], ARGV[2]) then return 0 end
call('HSET', KEYS[1], 'status', ARGV[3])
return 1
