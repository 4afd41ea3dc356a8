-- Reads a page of the log with its head.
-- KEYS[1] account  KEYS[2] log
-- ARGV[1] first number  ARGV[2] entries in a page
-- Returns head, delivered, entries.

local head, arrived, delivered = unpack(call('HMGET', KEYS[1], 'head', 'arrived', 'delivered'))
local account = { head = head or '0', arrived = arrived or '0', delivered = delivered or '0' }
return { account.head, tostring(delivered_of(account)), read_page(KEYS[2], ARGV[1], ARGV[2]) }
