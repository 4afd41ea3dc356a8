/**
 * Measures what a classic message costs: CPU time of gateway and Redis for each one delivered, beside a bare WebSocket
 * echo in the same run; and the memory of an idle session. BENCH_PAIRS, BENCH_MESSAGES (for each pair and round),
 * BENCH_ROUNDS and BENCH_IDLE (sessions) change its size.
 */

import { hash } from '@node-rs/argon2';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readConfig } from '../../gateway/config.ts';
import { openRedisStore } from '../../gateway/store/redis.ts';
import { startGatewayProcess, type GatewayProcess } from '../faults/gateway-process.ts';
import { startRedis, type RedisServer } from '../helpers/redis.ts';
import { ask, converse, echo, openTcp, openWebSocket, type Pair, type Wire } from './load.ts';
import { median, readCpu, readMemory } from './process-cost.ts';

const PAIRS = Number(process.env['BENCH_PAIRS'] ?? 100);
const MESSAGES = Number(process.env['BENCH_MESSAGES'] ?? 100);
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 5);
const IDLE = Number(process.env['BENCH_IDLE'] ?? 5000);
const PASS = '0123456789abcdef0123456789abcdef';
/** Milliseconds in which garbage is collected and memory given back. */
const SETTLE = 3000;
/** Logins at once. */
const STEP = 100;

/** For each message: microseconds of CPU, and milliseconds of the whole round. */
interface Cost {
  readonly gateway: number;
  readonly redis: number;
  readonly elapsed: number;
}

type Open = () => Promise<Wire>;

const OPENERS = {
  websocket: ({ ws }: GatewayProcess) => openWebSocket(ws),
  tcp: ({ tcp }: GatewayProcess) => openTcp(tcp),
};

/** Straight into the store and with a cheap hash: no password is measured here. */
async function addAccounts(redis: RedisServer, names: readonly string[]): Promise<void> {
  const store = await openRedisStore({ url: redis.url, limits: readConfig({}).limits.store });
  const pass = await hash(PASS, { memoryCost: 8, timeCost: 1, parallelism: 1 });
  for (const name of names) await store.addAccount({ name, pass, op: name });
  await store.close();
}

async function logIn(open: Open, user: string): Promise<Wire> {
  const wire = await open();
  await ask(wire, `<LOGIN user="${user}" pass="${PASS}"/>`, `<LOGIN user="${user}" result="1"`);
  return wire;
}

async function openPairs(open: Open, transport: string): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (let number = 0; number < PAIRS; number++) {
    const [from, to] = [`${transport}-from${number}`, `${transport}-to${number}`];
    pairs.push({ from, to, sender: await logIn(open, from), receiver: await logIn(open, to) });
  }
  return pairs;
}

/** Runs a round, and divides what these processes used by its messages. */
async function measure(pids: readonly number[], round: () => Promise<unknown>): Promise<number[]> {
  const before = pids.map(readCpu);
  await round();
  return pids.map((pid, index) => ((readCpu(pid) - before[index]!) * 1000) / (PAIRS * MESSAGES));
}

async function measureMessages(pairs: readonly Pair[], gateway: GatewayProcess, redis: RedisServer): Promise<Cost> {
  const begun = performance.now();
  const [ofGateway, ofRedis] = await measure([gateway.pid, redis.pid], () =>
    Promise.all(pairs.map((pair) => converse(pair, MESSAGES))),
  );
  return { gateway: ofGateway!, redis: ofRedis!, elapsed: performance.now() - begun };
}

/** Bytes of the gateway's memory for each session that does nothing. */
async function measureIdle(open: Open, gateway: GatewayProcess): Promise<number> {
  await sleep(SETTLE);
  const before = readMemory(gateway.pid);
  const wires: Wire[] = [];
  while (wires.length < IDLE) {
    const users = Array.from(
      { length: Math.min(STEP, IDLE - wires.length) },
      (_, index) => `idle${wires.length + index}`,
    );
    wires.push(...(await Promise.all(users.map((user) => logIn(open, user)))));
  }
  await sleep(SETTLE);
  const after = readMemory(gateway.pid);
  for (const wire of wires) wire.close();
  return (after - before) / IDLE;
}

async function startEcho(): Promise<{ pid: number; wires: Wire[]; stop: () => void }> {
  const server = spawn(process.execPath, [fileURLToPath(new URL('./echo-server.js', import.meta.url))], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [port] = (await once(server.stdout, 'data')) as [Buffer];
  const url = `ws://127.0.0.1:${port.toString().trim()}`;
  const wires = await Promise.all(Array.from({ length: PAIRS }, () => openWebSocket(url)));
  return { pid: server.pid!, wires, stop: () => void server.kill() };
}

function report(transport: string, costs: readonly Cost[], bare: number): void {
  const gateway = median(costs.map((cost) => cost.gateway));
  const redis = median(costs.map((cost) => cost.redis));
  const rate = (PAIRS * MESSAGES * 1000) / median(costs.map((cost) => cost.elapsed));
  const figures = [gateway + redis, gateway, redis].map((figure) => figure.toFixed(0).padStart(9)).join('');
  const ratio = ((gateway + redis) / bare).toFixed(1).padStart(11);
  process.stdout.write(`${transport.padEnd(11)}${figures}${ratio}${rate.toFixed(0).padStart(12)}\n`);
}

async function benchMessages(gateway: GatewayProcess, redis: RedisServer): Promise<void> {
  const websocket = await openPairs(() => OPENERS.websocket(gateway), 'websocket');
  const tcp = await openPairs(() => OPENERS.tcp(gateway), 'tcp');
  const bare = await startEcho();
  const costs: { websocket: Cost[]; tcp: Cost[]; echo: number[] } = { websocket: [], tcp: [], echo: [] };
  // One round more than is counted: the first warms up.
  for (let round = 0; round <= ROUNDS; round++) {
    const [ofEcho] = await measure([bare.pid], () => Promise.all(bare.wires.map((wire) => echo(wire, MESSAGES))));
    const ofWebSocket = await measureMessages(websocket, gateway, redis);
    const ofTcp = await measureMessages(tcp, gateway, redis);
    if (round === 0) continue;
    costs.echo.push(ofEcho!);
    costs.websocket.push(ofWebSocket);
    costs.tcp.push(ofTcp);
  }
  bare.stop();
  for (const wire of bare.wires) wire.close();
  for (const { sender, receiver } of [...websocket, ...tcp]) [sender, receiver].forEach((wire) => wire.close());
  process.stdout.write(
    `CPU µs for each delivered message, median of ${ROUNDS} rounds of ${PAIRS} pairs × ${MESSAGES}\n`,
  );
  process.stdout.write('                 all  gateway    redis  × bare ws  messages/s\n');
  report('websocket', costs.websocket, median(costs.echo));
  report('tcp', costs.tcp, median(costs.echo));
  process.stdout.write(`bare ws echo${median(costs.echo).toFixed(0).padStart(8)}\n`);
}

const redis = await startRedis();
// Native clients here send nothing for longer than 15 seconds.
const settings = { REDIS_URL: redis.url, IDLE_SECONDS: '3600' };

/** With a gateway of its own: what an earlier measurement left in the heap would hide what this one adds. */
async function withGateway(use: (gateway: GatewayProcess) => Promise<void>): Promise<void> {
  const gateway = await startGatewayProcess(settings);
  await use(gateway).finally(() => gateway.stop());
}

try {
  const ofPairs = ['websocket', 'tcp'].flatMap((transport) =>
    Array.from({ length: PAIRS }, (_, number) => [`${transport}-from${number}`, `${transport}-to${number}`]).flat(),
  );
  await addAccounts(redis, [...ofPairs, ...Array.from({ length: IDLE }, (_, number) => `idle${number}`)]);
  await withGateway((gateway) => benchMessages(gateway, redis));
  for (const [transport, open] of Object.entries(OPENERS)) {
    await withGateway(async (gateway) => {
      const bytes = await measureIdle(() => open(gateway), gateway);
      process.stdout.write(
        `Memory of an idle session, ${transport}: ${(bytes / 1024).toFixed(1)} KiB (${IDLE} sessions)\n`,
      );
    });
  }
} finally {
  await redis.stop();
}
