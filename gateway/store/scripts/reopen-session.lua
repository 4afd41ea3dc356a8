-- Lists an open session again that a failover lost, and its device.
-- KEYS[1] account  KEYS[2] devices  KEYS[3] push channel
-- ARGV[1] session  ARGV[2] generation  ARGV[3] what is known of the session  ARGV[4] device or ''
-- ARGV[5] token or '', ARGV[6] label: of the device's login, where given
-- Returns reopened, fenced, or replaced where the device has another session that is open.

local session, generation, device = ARGV[1], ARGV[2], ARGV[4]
local account = read_account(KEYS[1])
local newest = account and device ~= '' and string.match(account['d:' .. device] or '', '^[^|]*')
local is_open, changes = list_session(account, session, generation, ARGV[3], true)
if not is_open then return 'fenced' end
if newest and newest ~= session and is_of(account['s:' .. newest], generation) then return 'replaced' end

local ended = {}
if #ARGV > 4 and newest ~= session then
  local change
  change, ended = use_device(KEYS[1], KEYS[2], account, session, device, ARGV[5], ARGV[6])
  changes = changes or {}
  for _, word in ipairs(change) do changes[#changes + 1] = word end
end
if changes then call('HSET', KEYS[1], unpack(changes)) end
push_ends(KEYS[3], account, ended)
return 'reopened'
