/** When the page connects, asks, gives up and tries again. */

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createServer, type ViteDevServer } from 'vite';

interface Monitor {
  start(): void;
  stop(): void;
  ready(): void;
  heard(): void;
  lost(): void;
  wake(): void;
}

interface MonitorModule {
  Monitor: new (target: object, timing: object) => Monitor;
  retryDelay(attempt: number, random: number): number;
}

let vite: ViteDevServer;
let monitorModule: MonitorModule;
let monitor: Monitor;
let calls: string[];
let now: number;
let timers: { at: number; action: () => void }[];

before(async () => {
  const root = fileURLToPath(new URL('../../../web/', import.meta.url));
  vite = await createServer({
    configFile: `${root}vite.config.ts`,
    logLevel: 'error',
    appType: 'custom',
    server: { middlewareMode: true, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true },
  });
  monitorModule = (await vite.ssrLoadModule('/src/connection/monitor.ts')) as MonitorModule;
});
after(() => vite.close());

beforeEach(() => {
  calls = [];
  now = 0;
  timers = [];
  const target = {
    open: () => calls.push(`open ${now}`),
    probe: () => calls.push(`probe ${now}`),
    drop: () => calls.push(`drop ${now}`),
  };
  const timing = {
    random: () => 0.5,
    after(ms: number, action: () => void) {
      const timer = { at: now + ms, action };
      timers.push(timer);
      return () => (timers = timers.filter((other) => other !== timer));
    },
  };
  monitor = new monitorModule.Monitor(target, timing);
});

function advance(ms: number): void {
  const end = now + ms;
  for (;;) {
    const next = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
    if (next === undefined) break;
    timers = timers.filter((timer) => timer !== next);
    now = next.at;
    next.action();
  }
  now = end;
}

test('asks every 5 seconds, and sooner than the gateway would close', () => {
  monitor.start();
  monitor.ready();
  for (let i = 0; i < 3; i += 1) {
    advance(5_000);
    monitor.heard();
  }
  assert.deepEqual(calls, ['open 0', 'probe 5000', 'probe 10000', 'probe 15000']);
});

test('gives a silent connection up and connects again', () => {
  monitor.start();
  monitor.ready();
  advance(14_000);
  assert.deepEqual(calls, ['open 0', 'probe 5000', 'drop 13000', 'open 14000']);
});

test('waits longer after each failure, up to half a minute', () => {
  monitor.start();
  const waits = [];
  for (let i = 0; i < 7; i += 1) {
    monitor.lost();
    const before = now;
    while (calls.length < i + 2) advance(100);
    waits.push(now - before);
  }
  assert.deepEqual(waits, [1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000]);
  assert.equal(monitorModule.retryDelay(9, 0.999) < 30_000, true);
  assert.equal(monitorModule.retryDelay(0, 0), 500);
});

test('a gateway that lets in and drops at once is not asked every second', () => {
  monitor.start();
  for (const wait of [1_000, 2_000, 4_000]) {
    monitor.ready();
    monitor.heard();
    monitor.lost();
    const count = calls.length;
    advance(wait - 1);
    assert.equal(calls.length, count);
    advance(1);
    assert.equal(calls.length, count + 1);
  }
});

test('a connection that held begins again with short waits', () => {
  monitor.start();
  monitor.lost();
  advance(1_000);
  monitor.ready();
  advance(5_000);
  monitor.heard();
  monitor.lost();
  advance(1_000);
  assert.equal(calls.at(-1), 'open 7000');
});

test('waking up connects at once, or asks at once and is impatient', () => {
  monitor.start();
  monitor.lost();
  monitor.wake();
  assert.deepEqual(calls, ['open 0', 'open 0']);
  monitor.ready();
  advance(1_000);
  monitor.wake();
  monitor.wake();
  advance(4_000);
  assert.deepEqual(calls.slice(2), ['probe 1000', 'drop 4000', 'open 5000']);
});

test('connecting may take as long as something is heard, but not for ever', () => {
  monitor.start();
  advance(15_000);
  monitor.heard();
  advance(15_000);
  assert.deepEqual(calls, ['open 0']);
  advance(5_000);
  assert.deepEqual(calls, ['open 0', 'drop 35000']);
});

test('does nothing once stopped', () => {
  monitor.start();
  monitor.ready();
  monitor.stop();
  monitor.lost();
  monitor.wake();
  advance(60_000);
  assert.deepEqual(calls, ['open 0']);
});
