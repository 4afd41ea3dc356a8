-- Writes a small document and sends it over the push channel.
-- KEYS[1] a key that expires  KEYS[2] push channel
-- ARGV[1] document

call('SET', KEYS[1], ARGV[1], 'PX', 10000)
call('SPUBLISH', KEYS[2], ARGV[1])
return 1
