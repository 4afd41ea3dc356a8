/** What the operator is told of how a gateway is, and how several processes are told of as one. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { systemClock } from '../../gateway/clock.ts';
import { Metrics, type Sources } from '../../gateway/metrics/metrics.ts';
import { keepCounts, writeReports, type MetricsReport } from '../../gateway/metrics/reports.ts';
import { startAdminServer, type Workers } from '../../gateway/server.ts';
import type { Store } from '../../gateway/store/store.ts';
import { createManualClock } from '../helpers/manual-clock.ts';
import { parseMetrics, readMetrics, type Samples } from '../helpers/metrics.ts';
import { waitFor } from '../helpers/redis-control.ts';
import { createParts, TOKEN } from './listening.ts';
import { say, startAt } from './metrics-parts.ts';

/** Milliseconds. */
const LIMIT = { timeout: 60_000 };

describe('how the gateway is', () => {
  test('the store is away: not up, not ready', LIMIT, async (context) => {
    const clock = createManualClock();
    let isAway = false;
    const probe = async (): Promise<void> => {
      if (isAway) throw new Error('away');
    };
    const { read } = await startAt(context, clock, () => ({ probe }));
    const state = (samples: Samples) => ['ims_store_up', 'ims_ready', 'ims_draining'].map((name) => samples.of(name));
    assert.deepEqual(state(await read()), [1, 1, 0]);
    for (const expected of [0, 1]) {
      isAway = expected === 0;
      clock.advance(5_000);
      await new Promise(setImmediate);
      assert.deepEqual(state(await read()), [expected, expected, 0]);
    }
  });

  test('a gateway that drains is not ready; asking for metrics is not asking for readiness', LIMIT, async (context) => {
    const { server, logIn, read } = await startAt(context, systemClock, undefined, { env: { DRAIN_SECONDS: '3600' } });
    await read();
    const client = await logIn('alice');
    const drained = server.drain();
    const samples = await read();
    assert.deepEqual([samples.of('ims_ready'), samples.of('ims_draining')], [0, 1]);
    // Were it watched by a balancer it would wait an hour for late comers.
    await say(client, '<LOGOUT user="alice"/>');
    await drained;
  });

  test('failovers and push gaps', LIMIT, async (context) => {
    const clock = createManualClock();
    let failoverAt = 1;
    const listeners: (() => void)[] = [];
    const { read } = await startAt(context, clock, (real) => ({
      beat: async (incarnation) => ({ ...(await real.beat(incarnation)), failoverAt }),
      onPushGap: (listener) => void listeners.push(listener),
    }));
    const beat = async (): Promise<void> => {
      clock.advance(3_000);
      await new Promise(setImmediate);
    };
    assert.equal((await read()).of('ims_store_failovers_total'), 0);
    failoverAt = 2;
    await beat();
    await beat();
    for (const tell of listeners) tell();
    const samples = await read();
    assert.deepEqual([samples.of('ims_store_failovers_total'), samples.of('ims_push_gaps_total')], [1, 1]);
    assert.deepEqual(samples.by('ims_gateways', 'state'), { living: 1, dead: 0 });
  });

  test('a gateway dies: it counts as dead until it is cleaned up after', LIMIT, async (context) => {
    const clock = createManualClock();
    let isCleanedUp = false;
    let store: Store | undefined;
    const { read } = await startAt(context, clock, (real) => {
      store = real;
      return { claim: async (dead, by) => isCleanedUp && real.claim(dead, by) };
    });
    const states = async () => (await read()).by('ims_gateways', 'state');
    const beat = async (): Promise<void> => {
      clock.advance(3_000);
      await new Promise(setImmediate);
    };
    await store!.addAccount({ name: 'alice', pass: '', op: 'op' });
    const { generation } = (await store!.readAccount('alice'))!;
    await store!.beat('other');
    const info = { transport: 'tcp', address: '10.0.0.1', since: clock.now() } as const;
    await store!.openSession({ user: 'alice', session: 'other.1', generation }, info);
    await beat();
    assert.deepEqual(await states(), { living: 2, dead: 0 });
    for (let count = 0; count < 5; count += 1) await beat();
    assert.deepEqual(await states(), { living: 1, dead: 1 });
    isCleanedUp = true;
    await waitFor('the cleaning up', async () => {
      await beat();
      return (await states())['dead'] === 0;
    });
  });
});

describe('several processes', () => {
  const sources = (change: Partial<Sources>): Sources => ({
    users: () => 1,
    connections: () => 0,
    hashesWaiting: () => 0,
    isStoreUp: () => true,
    isReady: () => true,
    isDraining: () => false,
    mended: () => ({ sent: 0, received: 0, friendships: 0 }),
    ...change,
  });
  function measure(change: Partial<Sources> = {}): Metrics {
    const metrics = new Metrics();
    metrics.watch(sources(change));
    metrics.countGateways(2, 0);
    metrics.failovers.add();
    metrics.countSession('tcp', 1);
    metrics.answered('ALIVE', 30, undefined, undefined);
    metrics.logins.add('busy');
    return metrics;
  }

  test('sums, but for what is the same for all', async () => {
    const mended = () => ({ sent: 1, received: 2, friendships: 3 });
    const all = [measure({ mended }), measure({ isReady: () => false, isDraining: () => true })];
    const reports = await Promise.all(all.map((metrics) => metrics.report()));
    // As they come from a worker.
    const samples = await readSamples(JSON.parse(JSON.stringify(reports)));
    assert.deepEqual([samples.of('ims_users'), samples.of('ims_sessions', { transport: 'tcp' })], [2, 2]);
    assert.deepEqual(samples.by('ims_mended_total', 'what'), mended());
    assert.deepEqual([samples.of('ims_ready'), samples.of('ims_draining'), samples.of('ims_store_up')], [0, 1, 1]);
    assert.deepEqual(
      [samples.of('ims_store_failovers_total'), samples.of('ims_logins_total', { result: 'busy' })],
      [1, 2],
    );
    assert.deepEqual(samples.by('ims_gateways', 'state'), { living: 2, dead: 0 });
    const document = 'ALIVE';
    assert.equal(samples.of('ims_document_seconds_bucket', { document, le: '0.1' }), 2);
    assert.equal(samples.of('ims_document_seconds_sum', { document }), 0.06);
  });

  test('what the dead counted stays, what they were does not', async () => {
    const [dead, later, living] = await Promise.all([measure(), measure(), measure()].map((one) => one.report()));
    const past = keepCounts([keepCounts([[], dead!]), later!]);
    const samples = await readSamples([past, living!]);
    assert.deepEqual([samples.of('ims_users'), samples.of('ims_sessions', { transport: 'tcp' })], [1, 1]);
    assert.equal(samples.of('ims_logins_total', { result: 'busy' }), 3);
    assert.equal(samples.of('ims_document_seconds_count', { document: 'ALIVE' }), 3);
    assert.equal(samples.of('ims_store_failovers_total'), 1);
  });

  test('workers that cannot all serve: not ready, also where none is left to say so', LIMIT, async (context) => {
    let why: string | undefined = '0 of 2 workers serve';
    const { config, store, clock, logger } = createParts({ ADMIN_PORT: '0' });
    const workers: Workers = {
      incarnations: () => [],
      readWorkers: async () => ({ configured: 2, running: [] }),
      readMetrics: async () => [],
      whyNot: () => why,
    };
    const server = await startAdminServer({ config, store, clock, logger, adminToken: TOKEN }, workers);
    context.after(() => server.close());
    const read = async () => (await readMetrics(`http://127.0.0.1:${server.ports.admin}`, TOKEN)).of('ims_ready');
    assert.equal(await read(), 0);
    why = undefined;
    assert.equal(await read(), 1);
  });

  async function readSamples(reports: readonly MetricsReport[]): Promise<Samples> {
    return parseMetrics(await writeReports(reports));
  }
});
