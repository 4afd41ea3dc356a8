/** What no engine checks here: that Dockerfile, compose.yaml and haproxy.cfg fit each other and the gateway. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readConfig } from '../../gateway/config.ts';
import { startGatewayProcess } from '../faults/gateway-process.ts';
import { makeCertificate } from '../helpers/certificate.ts';
import { checkConfiguration } from '../helpers/haproxy.ts';
import { findPorts } from '../helpers/ports.ts';

const read = (path: string): string => readFileSync(path, 'utf8');
const DOCKERFILE = read('Dockerfile');
const COMPOSE = read('compose.yaml');
const HAPROXY = read('deploy/haproxy.cfg');

function findAll(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map((match) => match[1]!);
}

/** What compose.yaml has below `name:`, a service or a part of what all gateways have. */
function section(name: string): string {
  const body = new RegExp(`^ {2}${name}:\\n((?: {3,}.*\\n|\\n)*)`, 'm').exec(COMPOSE)?.[1];
  assert.ok(body !== undefined, `compose.yaml has ${name}`);
  return body;
}

/** A gateway's environment in compose.yaml; what it takes from outside has its default, or this. */
function readEnvironment(outside: string): Record<string, string> {
  const lines = section('environment').matchAll(/^ {4}(\w+): '?(.*?)'?$/gm);
  return Object.fromEntries(
    [...lines].map(([, name, value]) => [
      name,
      value!.replace(/\$\{\w+:(?:-(.*?)|\?.*?)\}/, (_, preset) => preset ?? outside),
    ]),
  );
}

test('the image is made of files that are there and that .dockerignore lets through', () => {
  const ignored = read('.dockerignore').split('\n');
  const copied = findAll(DOCKERFILE, /^COPY (?!--from)(.*) \S+$/gm).flatMap((sources) => sources.split(' '));
  assert.ok(copied.length > 5 && copied.includes('gateway'));
  assert.ok(ignored.includes('*'));
  for (const source of copied) {
    assert.ok(existsSync(source), source);
    assert.ok(ignored.includes(`!${source}`), `.dockerignore lets ${source} through`);
  }
});

test('the image starts what npm start does, with a Node that is new enough', () => {
  const { scripts, engines } = JSON.parse(read('package.json')) as Record<string, Record<string, string>>;
  const [command] = findAll(DOCKERFILE, /^CMD (\[.*\])$/gm);
  const [program, ...args] = JSON.parse(command!) as string[];
  assert.ok(scripts!['start']!.endsWith(`exec ${[program, ...args].join(' ')}`), command);
  const built = args.at(-1)!.replace(/^dist\//, '../../');
  assert.ok(existsSync(fileURLToPath(new URL(built, import.meta.url))), built);
  const [version] = findAll(DOCKERFILE, /^ARG NODE_VERSION=(\d+)$/gm);
  // The newest of that version.
  assert.ok(Number(version) >= Number.parseInt(engines!['node']!.replace(/^>=/, ''), 10), version);
  assert.match(DOCKERFILE, /^USER node$/m);
});

test('the settings in compose.yaml are settings, and the gateway takes them', () => {
  const environment = readEnvironment('0123456789abcdef');
  assert.deepEqual(
    Object.keys(environment).filter((name) => !read('gateway/settings.ts').includes(`\n  ${name}: `)),
    [],
  );
  const config = readConfig({ ...environment, HOST: '0.0.0.0' });
  assert.equal(config.admin.token, '0123456789abcdef');
  assert.deepEqual(config.trustedProxies, ['uniquelocal']);
  const store = new URL(config.redisUrl!).hostname;
  assert.match(section(store), /--appendonly, 'yes'.*--maxmemory-policy, noeviction/);
  assert.throws(() => readConfig({ ...readEnvironment(''), HOST: '0.0.0.0' }), /ADMIN_TOKEN/);
});

test('a gateway has time to drain before it is killed', () => {
  const seconds = Number(findAll(COMPOSE, /^ {2}stop_grace_period: (\d+)s$/gm)[0]);
  assert.ok(seconds >= Number(readEnvironment('')['DRAIN_SECONDS']) + 10, `${seconds}`);
});

test('names and ports are the same in all three, and in the defaults', () => {
  const { port, tcpPort } = readConfig({});
  const services = findAll(COMPOSE, /^ {2}(gateway\d+): \*gateway$/gm);
  assert.equal(services.length, 3);
  for (const [side, number] of Object.entries({ HTTP: port, TCP: tcpPort })) {
    const servers = findAll(HAPROXY, new RegExp(`^ {4}server \\w+ "\\$\\{\\w+_${side}-(.*)\\}"`, 'gm'));
    assert.deepEqual(
      servers,
      services.map((service) => `${service}:${number}`),
    );
    assert.match(HAPROXY, new RegExp(`bind "\\$\\{${side}_BIND-:${number}\\}"`));
    assert.match(section('haproxy'), new RegExp(`- '${number}:${number}'`));
  }
  assert.match(DOCKERFILE, new RegExp(`^EXPOSE ${port} ${tcpPort}$`, 'm'));
  assert.ok(section('haproxy').includes('./deploy/haproxy.cfg:'));
});

test('HAProxy takes the shipped file without a warning, as in compose.yaml and as in the tests', async () => {
  const addresses = [1, 2, 3].flatMap((number) => [`GATEWAY${number}_HTTP`, `GATEWAY${number}_TCP`]);
  const variables = Object.fromEntries(addresses.map((name, index) => [name, `127.0.0.1:${9000 + index}`]));
  for (const set of [{}, variables]) {
    const { code, output } = await checkConfiguration(set);
    assert.equal(code, 0, output);
    assert.doesNotMatch(output, /WARNING|ALERT/);
  }
});

/** The exit code of the image's HEALTHCHECK in a container with these settings. */
async function checkHealth(settings: NodeJS.ProcessEnv): Promise<number | null> {
  const [command] = findAll(DOCKERFILE, /^HEALTHCHECK .*CMD (\[.*\])$/gm);
  const [program, ...args] = JSON.parse(command!) as [string, ...string[]];
  assert.equal(program, 'node');
  const child = spawn(process.execPath, args, { env: settings, stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}

for (const scheme of ['http', 'https']) {
  test(`the health check tells a gateway that answers from one that does not, ${scheme}`, async (context) => {
    const folder = mkdtempSync(join(tmpdir(), 'ims-health-'));
    context.after(() => rmSync(folder, { recursive: true }));
    const [port, tcpTlsPort] = await findPorts(2);
    const [TLS_CERT, TLS_KEY] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    const { cert, key } = makeCertificate();
    writeFileSync(TLS_CERT, cert);
    writeFileSync(TLS_KEY, key);
    const settings = {
      PORT: String(port),
      DATA_DIR: folder,
      ...(scheme === 'https' && { TLS_CERT, TLS_KEY, TCP_TLS_PORT: String(tcpTlsPort) }),
    };
    assert.equal(await checkHealth(settings), 1);
    const gateway = await startGatewayProcess(settings);
    try {
      assert.equal(new URL(gateway.http).protocol, `${scheme}:`);
      assert.equal(await checkHealth(settings), 0);
    } finally {
      await gateway.kill9();
    }
    assert.equal(await checkHealth(settings), 1);
  });
}
