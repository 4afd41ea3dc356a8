/** Where plays happen: a browser, cables of two people to a gateway, and a seed that says what happens when. */

import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { GATEWAY_AWAY, openBrowser, type TestBrowser } from '../helpers/browser.ts';
import { startGateway } from '../helpers/gateway.ts';
import { createRandom, type Random } from '../helpers/random.ts';
import { Play, type Person } from './history-play.ts';
import type { Tab } from './history-tab.ts';
import { layCable, type Cable } from './loose-cable.ts';

/** Says what happens when: `FAULT_SEED=7` for another run, or for the one that failed. */
export const SEED = Number(process.env['FAULT_SEED'] ?? 20_261_201);
/** How often each thing happens: more before a release. */
export const ROUNDS = Number(process.env['ROUNDS'] ?? 3);
/** Milliseconds from one message of a tab to its next, at most. */
export const PAUSE = 300;

export interface PersonOnStage {
  readonly person: Person;
  /** The first tab. */
  readonly tab: Tab;
  readonly cable: Cable;
}

export interface HistoryStage {
  readonly play: Play;
  readonly random: Random;
  readonly alice: PersonOnStage;
  readonly bob: PersonOnStage;
}

/** Opens the browser for all plays of a file, with what a cut connection makes it say. */
export async function openPlayBrowser(): Promise<TestBrowser> {
  const browser = await openBrowser();
  browser.expectProblem(GATEWAY_AWAY);
  return browser;
}

/** Alice and Bob are at their pages, each over a cable of their own; at the end it is judged what was shown. */
export async function perform(
  context: TestContext,
  browser: TestBrowser,
  gateway: string,
  act: (stage: HistoryStage) => Promise<void>,
): Promise<void> {
  const random = createRandom(SEED);
  const play = new Play(browser, random);
  const cables = [await layCable(gateway), await layCable(gateway)] as const;
  const enter = async (user: string, peer: string, cable: Cable): Promise<PersonOnStage> => {
    const person = await play.enter(user, peer, cable.address);
    return { person, tab: person.tabs[0]!, cable };
  };
  try {
    const [alice, bob] = await Promise.all([enter('alice', 'bob', cables[0]), enter('bob', 'alice', cables[1])]);
    await act({ play, random, alice, bob });
    const { wrong, counts } = await play.settle();
    context.diagnostic(`seed ${SEED}: ${counts}`);
    assert.deepEqual(wrong.slice(0, 20), []);
  } finally {
    await play.leave();
    for (const cable of cables) await cable.close();
  }
}

/** The same on a gateway of this process. */
export async function performHere(
  context: TestContext,
  browser: TestBrowser,
  act: (stage: HistoryStage) => Promise<void>,
): Promise<void> {
  const gateway = await startGateway();
  try {
    await perform(context, browser, gateway.http, act);
  } finally {
    await gateway.stop();
  }
}
