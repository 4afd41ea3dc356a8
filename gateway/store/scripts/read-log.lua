-- Reads a page of the log with its head.
-- KEYS[1] account  KEYS[2] log
-- ARGV[1] first number  ARGV[2] entries in a page
-- Returns head, delivered, entries.

local head, delivered = unpack(call('HMGET', KEYS[1], 'head', 'delivered'))
return { head or '0', delivered or '0', call('XRANGE', KEYS[2], ARGV[1], '+', 'COUNT', ARGV[2]) }
