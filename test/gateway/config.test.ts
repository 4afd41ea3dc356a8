/** Settings: the defaults others build on, and one line for each that is wrong. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { ConfigError, readConfig } from '../../gateway/config.ts';
import { makeCertificate } from '../helpers/certificate.ts';

const folder = mkdtempSync(join(tmpdir(), 'ims-config-'));
after(() => rmSync(folder, { recursive: true }));

function keep(name: string, content: Buffer | string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const [own, other] = [makeCertificate(), makeCertificate()];
const cert = keep('cert.pem', own.cert);
const key = keep('key.pem', own.key);
const otherKey = keep('other-key.pem', other.key);
const noPem = keep('no.pem', 'hello');

test('nothing set: the defaults', () => {
  const config = readConfig({});
  assert.deepEqual(
    { ...config, limits: undefined, timing: undefined },
    {
      host: '127.0.0.1',
      port: 8080,
      tcpPort: 5190,
      tcpTlsPort: 5191,
      admin: { host: '127.0.0.1', port: 9080 },
      dataDir: './data',
      registration: 'open',
      trustedProxies: [],
      statuses: [
        { id: 0, name: 'Online' },
        { id: 1, name: 'Away' },
        { id: 2, name: 'Busy' },
        { id: 3, name: 'Invisible' },
      ],
      logLevel: 'info',
      workers: 1,
      limits: undefined,
      timing: undefined,
    },
  );
  assert.equal(config.timing.idle, 15_000);
  assert.equal(config.timing.drain, 8_000);
  assert.equal(config.limits.accountsPerHour, 20);
  assert.ok(config.limits.hashes === 1 || config.limits.hashes === 2);
  const { logEntries, logAge, logBytes, waiting } = config.limits.store;
  assert.deepEqual([logEntries, logAge, logBytes, waiting], [10_000, 30 * 86_400_000, 8 * 1_048_576, 500]);
});

test('an empty setting counts as unset', () => {
  assert.deepEqual(
    readConfig({ PORT: '', REDIS_URL: '', ADMIN_TOKEN: '', STATUSES: '', TLS_CERT: '' }),
    readConfig({}),
  );
});

test('everything set', () => {
  const config = readConfig({
    HOST: '0.0.0.0',
    PORT: '0',
    TCP_PORT: '0',
    TLS_CERT: cert,
    TLS_KEY: key,
    ADMIN_HOST: '::1',
    ADMIN_TOKEN: '0123456789abcdef',
    REDIS_URL: 'rediss://user:secret@redis.example:6380/2',
    REGISTRATION: 'closed',
    ALLOWED_ORIGINS: 'https://Chat.example:443, http://localhost:5173/,*',
    TRUSTED_PROXIES: '10.0.0.0/8, ::1,loopback',
    STATUSES: '0: Hier , 7:Weg',
    IDLE_SECONDS: '60',
    DRAIN_SECONDS: '3600',
    WORKERS: '256',
    LOG_DAYS: '7',
  });
  assert.equal(config.host, '0.0.0.0');
  assert.deepEqual(config.tls, own);
  assert.deepEqual(config.admin, { host: '::1', port: 9080, token: '0123456789abcdef' });
  assert.equal(config.redisUrl, 'rediss://user:secret@redis.example:6380/2');
  assert.deepEqual(config.allowedOrigins, ['https://chat.example', 'http://localhost:5173', '*']);
  assert.deepEqual(config.trustedProxies, ['10.0.0.0/8', '::1', 'loopback']);
  assert.deepEqual(config.statuses, [
    { id: 0, name: 'Hier' },
    { id: 7, name: 'Weg' },
  ]);
  assert.equal(config.timing.idle, 60_000);
  assert.equal(config.timing.drain, 3_600_000);
  assert.equal(config.workers, 256);
  assert.equal(config.limits.hashes, 1);
  assert.equal(config.limits.store.logAge, 7 * 86_400_000);
});

const tokened = { ADMIN_TOKEN: '0123456789abcdef' };
const wrong: [env: NodeJS.ProcessEnv, setting: string, says: RegExp][] = [
  [{ HOST: 'http://x' }, 'HOST', /without port or brackets/],
  [{ HOST: '[::1]' }, 'HOST', /without port or brackets/],
  [{ ADMIN_HOST: 'a b' }, 'ADMIN_HOST', /"a b"; allowed: a host name/],
  [{ PORT: '80a' }, 'PORT', /is "80a"; allowed: a whole number from 0 to 65535/],
  [{ PORT: ' 80' }, 'PORT', /allowed/],
  [{ PORT: '-1' }, 'PORT', /allowed/],
  [{ PORT: '8e3' }, 'PORT', /allowed/],
  [{ TCP_PORT: '65536' }, 'TCP_PORT', /allowed/],
  [{ TCP_TLS_PORT: 'x' }, 'TCP_TLS_PORT', /allowed/],
  [{ ADMIN_PORT: '1.5' }, 'ADMIN_PORT', /allowed/],
  [{ PORT: '5190' }, 'TCP_PORT', /is 5190, as is PORT/],
  [{ PORT: '9080' }, 'ADMIN_PORT', /is 9080, as is PORT/],
  [{ PORT: '9080', HOST: '0.0.0.0' }, 'ADMIN_PORT', /as is PORT/],
  [{ PORT: '5191', TLS_CERT: cert, TLS_KEY: key }, 'TCP_TLS_PORT', /as is PORT/],
  [{ TLS_CERT: cert }, 'TLS_KEY', /not set; with TLS_CERT it is required/],
  [{ TLS_KEY: key }, 'TLS_CERT', /not set; with TLS_KEY it is required/],
  [{ TLS_CERT: join(folder, 'none'), TLS_KEY: key }, 'TLS_CERT', /cannot be read \(ENOENT\)/],
  [{ TLS_CERT: cert, TLS_KEY: folder }, 'TLS_KEY', /cannot be read \(EISDIR\)/],
  [{ TLS_CERT: noPem, TLS_KEY: key }, 'TLS_CERT', /allowed: a PEM file with a certificate/],
  [{ TLS_CERT: cert, TLS_KEY: noPem }, 'TLS_KEY', /allowed: a PEM file with a private key/],
  [{ TLS_CERT: cert, TLS_KEY: otherKey }, 'TLS_KEY', /does not fit TLS_CERT; allowed/],
  [{ ADMIN_TOKEN: 'secret' }, 'ADMIN_TOKEN', /16 to 512/],
  [{ ADMIN_TOKEN: 'secret with spaces in it' }, 'ADMIN_TOKEN', /without spaces/],
  [{ REDIS_URL: 'redis://localhost' }, 'ADMIN_TOKEN', /with REDIS_URL it is required/],
  [{ ...tokened, REDIS_URL: 'http://user:secret@host' }, 'REDIS_URL', /redis\+sentinel:\/\/host:port/],
  [{ ...tokened, REDIS_URL: 'redis://' }, 'REDIS_URL', /redis\+sentinel:\/\/host:port/],
  [{ ...tokened, REDIS_URL: 'secret' }, 'REDIS_URL', /redis\+sentinel:\/\/host:port/],
  [{ ...tokened, REDIS_URL: 'redis://host/secret' }, 'REDIS_URL', /redis\+sentinel:\/\/host:port/],
  [{ DATA_DIR: 'a\0b' }, 'DATA_DIR', /path of a folder/],
  [{ REGISTRATION: 'Open' }, 'REGISTRATION', /"Open"; allowed: open or closed/],
  [{ ALLOWED_ORIGINS: 'chat.example' }, 'ALLOWED_ORIGINS', /SCHEME:\/\/HOST/],
  [{ ALLOWED_ORIGINS: 'https://chat.example/path' }, 'ALLOWED_ORIGINS', /SCHEME:\/\/HOST/],
  [{ ALLOWED_ORIGINS: 'https://a.example,,' }, 'ALLOWED_ORIGINS', /SCHEME:\/\/HOST/],
  [{ TRUSTED_PROXIES: 'proxy.example' }, 'TRUSTED_PROXIES', /addresses, ranges/],
  [{ TRUSTED_PROXIES: '10.0.0.0/33' }, 'TRUSTED_PROXIES', /addresses, ranges/],
  [{ TRUSTED_PROXIES: '0.0.0.0/0' }, 'TRUSTED_PROXIES', /addresses, ranges/],
  [{ STATUSES: 'Online' }, 'STATUSES', /NUMBER:NAME/],
  [{ STATUSES: '0:Online,0:Away' }, 'STATUSES', /each once/],
  [{ STATUSES: '0:Online,1:ONLINE' }, 'STATUSES', /each once/],
  [{ STATUSES: '0:Online,1000:Away' }, 'STATUSES', /from 0 to 999/],
  [{ STATUSES: '1:Away' }, 'STATUSES', /0 among them/],
  [{ STATUSES: '0:On\nline' }, 'STATUSES', /"0:On\\nline"/],
  [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL', /trace, debug/],
  [{ IDLE_SECONDS: '0' }, 'IDLE_SECONDS', /from 1/],
  [{ DRAIN_SECONDS: '3601' }, 'DRAIN_SECONDS', /is "3601"; allowed: a whole number from 0 to 3600/],
  [{ DRAIN_SECONDS: '1.5' }, 'DRAIN_SECONDS', /whole number/],
  [{ WORKERS: '0' }, 'WORKERS', /is "0"; allowed: a whole number from 1 to 256, or auto/],
  [{ WORKERS: '257' }, 'WORKERS', /from 1 to 256/],
  [{ WORKERS: 'Auto' }, 'WORKERS', /or auto/],
  [{ WORKERS: '2' }, 'WORKERS', /is 2, and REDIS_URL is not set; allowed without it: 1/],
  [{ WAITING_MESSAGES: 'all' }, 'WAITING_MESSAGES', /whole number/],
];

describe('a wrong setting: one line that names it, and no secret', () => {
  for (const [env, setting, says] of wrong) {
    test(`${setting}: ${says.source}`, () => {
      assert.throws(
        () => readConfig(env),
        (error: unknown) => {
          assert.ok(error instanceof ConfigError);
          assert.ok(error.message.startsWith(`${setting} `), error.message);
          assert.match(error.message, says);
          assert.doesNotMatch(error.message, /secret|[\r\n]/);
          return true;
        },
      );
    });
  }
});

test('the same port on different addresses is fine', () => {
  assert.equal(readConfig({ PORT: '9080', HOST: '127.0.0.2' }).port, 9080);
});

test('WORKERS=auto: one a core, which only Redis can serve', () => {
  const cores = availableParallelism();
  const redis = { ...tokened, REDIS_URL: 'redis://localhost' };
  assert.equal(readConfig({ ...redis, WORKERS: 'auto' }).workers, Math.min(256, cores));
  if (cores === 1) assert.equal(readConfig({ WORKERS: 'auto' }).workers, 1);
  else
    assert.throws(
      () => readConfig({ WORKERS: 'auto' }),
      /^ConfigError: WORKERS is "auto", which is \d+ on this machine/,
    );
});
