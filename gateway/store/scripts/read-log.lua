-- Reads a page of the log with its head.
-- KEYS[1] account  KEYS[2] log
-- ARGV[1] first number  ARGV[2] entries in a page
-- Returns head, delivered, entries.

local account = { head = '0', arrived = '0', delivered = '0' }
for i, value in ipairs(call('HMGET', KEYS[1], 'head', 'arrived', 'delivered')) do
  local field = ({ 'head', 'arrived', 'delivered' })[i]
  account[field] = value or account[field]
end
return { account.head, tostring(delivered_of(account)), call('XRANGE', KEYS[2], ARGV[1], '+', 'COUNT', ARGV[2]) }
