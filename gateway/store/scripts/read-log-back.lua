-- Reads a page of the log backwards.
-- KEYS[1] log
-- ARGV[1] the last number of the page, or +  ARGV[2] entries in a page
-- Returns entries, newest first; the stream ids of the log's first and last entries, or ''.

local first = call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
local last = call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
local entries = call('XREVRANGE', KEYS[1], ARGV[1], '-', 'COUNT', ARGV[2])
return { entries, first and first[1] or '', last and last[1] or '' }
