#!lua flags=allow-oom
-- Forgets all sessions at one incarnation.
-- KEYS[1] account
-- ARGV[1] incarnation

for _, field in ipairs(call('HKEYS', KEYS[1])) do
  if string.match(field, '^[so]:([^.]*)%.') == ARGV[1] then call('HDEL', KEYS[1], field) end
end
return 1
