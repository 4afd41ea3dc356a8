-- Lists an open session again that a failover lost.
-- KEYS[1] account
-- ARGV[1] session  ARGV[2] generation  ARGV[3] what is known of the session
-- Returns 0 when fenced.

return list_session(KEYS[1], read_account(KEYS[1]), ARGV[1], ARGV[2], ARGV[3]) and 1 or 0
