/** Answers of Redis that never reach the gateway: nothing is done twice, nothing is lost, no order is broken. */

import { test } from 'node:test';
import { startRedis } from '../helpers/redis.ts';
import { startCutProxy } from './cut-proxy.ts';
import { CutStage } from './cut-stage.ts';
import { KINDS, PLAYS } from './cut-plays.ts';

const SEED = Number(process.env['FAULT_SEED'] ?? 20_261_123);

test(`1,000 answers of one Redis are cut (seed ${SEED})`, { timeout: 240_000 }, async (context) => {
  const redis = await startRedis();
  const stage = new CutStage({ cuts: 1_000, each: 12, kinds: KINDS, stores: 16, seed: SEED, within: 180_000 });
  const proxy = await startCutProxy(redis.port, stage.plan, stage.count);
  try {
    await stage.open(redis.url, `redis://127.0.0.1:${proxy.port}`);
    await stage.perform(PLAYS, 8);
    context.diagnostic(stage.count.describe());
    stage.verify();
  } finally {
    await stage.close();
    await proxy.close();
    await redis.stop();
  }
});
