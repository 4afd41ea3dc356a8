/** A client on a network that delays and cuts at every step, beside a storage that is slow and a host that dies. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeHeld, ENTRY, numberOf } from '../../protocol/client.ts';
import type { HeldEntry } from '../../protocol/client.ts';
import { createRandom } from '../helpers/random.ts';
import type { Random } from '../helpers/random.ts';
import { copyStorage, ModelGateway } from './client-gateway.ts';
import type { Pipe } from './client-gateway.ts';
import { Clock, createStage, PASS, shown, SlowStorage, takeWindow } from './client-stage.ts';
import type { Stage } from './client-stage.ts';

/** Seeds of each test. */
const RUNS = Number(process.env['CHAOS_RUNS'] ?? 300);
const STEPS = 150;

/** Every third seed has a host that gives its client only so many entries. */
const WINDOW = 12;

interface Play {
  readonly window: number | undefined;
  readonly random: Random;
  readonly gateway: ModelGateway;
  stage: Stage;
  storage: SlowStorage;
  /** What alice wrote, in order, and how much of it was bob's. */
  readonly written: string[];
  received: number;
  readonly news: string[];
}

function begin(seed: number): Play {
  const storage = new SlowStorage();
  const window = seed % 3 === 0 ? WINDOW : undefined;
  const stage = createStage({ storage, seed, window });
  stage.client.logIn('alice', PASS);
  return {
    window,
    random: createRandom(seed),
    gateway: new ModelGateway(),
    stage,
    storage,
    written: [],
    received: 0,
    news: [],
  };
}

/** The network takes over what the client sent; an ACK says only what the storage has. */
function collect({ stage, gateway, storage }: Play): void {
  for (const link of stage.links) {
    const pipe = gateway.pipes.find((known) => known.link === link) ?? addPipe(gateway, link);
    const documents = link.takeAll();
    for (const document of documents) {
      if (document.name === 'ACK') assert.ok(storage.memory.kept.has(`entry/${document.at}`), `ACK ${document.at}`);
      if (document.name === 'MESSAGE')
        assert.ok(storage.memory.kept.has(`out/${document.id}`), `sent before it was kept`);
    }
    pipe.up.push(...documents);
  }
}

function addPipe(gateway: ModelGateway, link: Pipe['link']): Pipe {
  const pipe: Pipe = { link, up: [], down: [], isOpen: false, isOver: false };
  gateway.pipes.push(pipe);
  return pipe;
}

function deliver(play: Play, pipe: Pipe, count: number): void {
  if (!pipe.isOpen && !pipe.link.isClosed) {
    pipe.isOpen = true;
    pipe.link.listener.opened();
  } else if (play.random.chance() && pipe.up.length > 0 && !pipe.isOver) {
    play.gateway.handle(pipe, pipe.up.shift()!);
  } else if (pipe.down.length > 0 && !pipe.link.isClosed) pipe.link.receive(...pipe.down.splice(0, count));
  else if (pipe.isOver && pipe.down.length === 0 && !pipe.link.isClosed) pipe.link.cut();
}

function cut(pipe: Pipe): void {
  pipe.isOver = true;
  if (!pipe.link.isClosed) pipe.link.cut();
}

function die(play: Play): void {
  const clock = new Clock();
  clock.time = play.stage.clock.time;
  const storage = new SlowStorage();
  for (const [key, value] of copyStorage(play.storage.memory).kept) storage.memory.kept.set(key, value);
  for (const link of play.stage.links) link.close();
  play.news.push(...play.stage.news);
  play.storage = storage;
  const kept = new Map(storage.memory.kept);
  const options = play.window === undefined ? { kept } : takeWindow(kept, play.window);
  play.stage = createStage({ ...options, storage, clock, seed: play.random.int(1e9) });
  if (!play.stage.client.start()) play.stage.client.logIn('alice', PASS);
}

function step(play: Play, isLossy: boolean, isMortal: boolean): void {
  const { random, gateway, stage } = play;
  collect(play);
  const living = gateway.pipes.filter(({ link, up, isOver }) => !link.isClosed || (up.length > 0 && !isOver));
  const pipe = living.length > 0 ? random.pick(living) : undefined;
  const dice = random.int(100);
  if (dice < 45 && pipe) deliver(play, pipe, 1 + random.int(4));
  else if (dice < 60) stage.client.send('bob', write(play));
  else if (dice < 70) gateway.fromBob(`bob ${++play.received}`);
  else if (dice < 82) play.storage.confirm();
  else if (dice < 88) stage.clock.pass(random.int(4_000));
  else if (dice < 92 && pipe) cut(pipe);
  else if (dice < 93 && pipe?.device !== undefined) pipe.down.push({ name: 'RECONNECT', within: '5' });
  else if (dice < 95) stage.client.wake();
  // A network that swallows: the client gives it up, what it sent arrives still.
  else if (dice < 96 && pipe) pipe.link.isClosed || pipe.link.cut();
  else if (dice < 97 && isMortal) die(play);
  else if (dice < 98 && isLossy) gateway.loseTail(random.int(4), () => random.chance());
}

function write({ written }: Play): string {
  written.push(`alice ${written.length + 1}`);
  return written.at(-1)!;
}

/** The network is good again. */
function heal(play: Play): void {
  for (let round = 0; round < 400; round++) {
    collect(play);
    play.storage.confirm();
    for (const pipe of play.gateway.pipes) for (let turn = 0; turn < 6; turn++) deliver(play, pipe, 50);
    play.stage.clock.pass(100);
  }
  collect(play);
}

function run(seed: number, isLossy: boolean, isMortal: boolean): Play {
  const play = begin(seed);
  for (let count = 0; count < STEPS; count++) step(play, isLossy, isMortal);
  heal(play);
  play.news.push(...play.stage.news);
  checkHeld(play, seed);
  assert.deepEqual(play.stage.client.connection, { state: 'online', isCaughtUp: true, isMoving: false });
  return play;
}

/** What is kept is what is shown, and what was described before is described as it is now. */
function checkHeld({ stage, storage, window }: Play, seed: number): void {
  const now = stage.client.conversation('bob');
  const next = createStage({ kept: storage.memory.kept }).client;
  const whole = next.conversation('bob');
  const skipped = whole.items.length - now.items.length;
  assert.deepEqual(now, { ...whole, items: whole.items.slice(skipped) }, `seed ${seed}`);
  assert.ok(window === undefined ? skipped === 0 : now.items.length <= window * 3, `seed ${seed}`);
  const { device } = stage.client;
  const entries = [...storage.memory.kept].flatMap(([key, value]) =>
    key.startsWith(ENTRY) ? [value as HeldEntry] : [],
  );
  entries.sort((a, b) => numberOf(a.at) - numberOf(b.at));
  const described = entries.map((entry) => describeHeld(entry, { user: 'alice', device, mark: now.mark }));
  assert.deepEqual(described, whole.items.slice(0, described.length), `seed ${seed}`);
}

/** The log as a screen would show it. */
function logOf({ gateway }: Play): string[] {
  return gateway.entries.map((entry) => (entry.name === 'MESSAGE' ? entry.text : entry.type));
}

/** As a screen shows it: what is older than what the client holds comes from the storage. */
function textsOf({ storage }: Play, isFailed = false): string[] {
  const { client } = createStage({ kept: storage.memory.kept });
  return client.conversation('bob').items.flatMap((item) => {
    return item.kind === 'message' && (item.state === 'failed') === isFailed ? [item.text] : [];
  });
}

test('cut and delayed at every step: what was written is in the log once, in order, and the screen shows the log', () => {
  for (let seed = 1; seed <= RUNS; seed++) {
    const play = run(seed, false, false);
    assert.deepEqual(textsOf(play), logOf(play), `seed ${seed}`);
    assert.deepEqual(textsOf(play, true), [], `seed ${seed}`);
    assert.deepEqual(
      logOf(play).filter((text) => text.startsWith('alice')),
      play.written,
      `seed ${seed}`,
    );
    const expected = Array.from({ length: play.received }, (_, index) => `bob ${index + 1}`);
    assert.deepEqual(play.news, expected, `news, seed ${seed}`);
    assert.equal(play.gateway.acknowledged.length > 0 || play.received === 0, true);
  }
});

test('the host dies too: nothing that was kept is lost or doubled', () => {
  for (let seed = 1; seed <= RUNS; seed++) {
    const play = run(seed, false, true);
    assert.deepEqual(textsOf(play), logOf(play), `seed ${seed}`);
    const sent = logOf(play).filter((text) => text.startsWith('alice'));
    assert.deepEqual(new Set(sent).size, sent.length, `seed ${seed}`);
    assert.deepEqual(
      play.written.filter((text) => sent.includes(text)),
      sent,
      `seed ${seed}`,
    );
  }
});

test('the log loses its tail: the screen shows the log, and every own message is in it or shown as failed', () => {
  for (let seed = 1; seed <= RUNS; seed++) {
    const play = run(seed, true, false);
    assert.deepEqual(textsOf(play), logOf(play), `seed ${seed}`);
    const failed = textsOf(play, true);
    const shownOnce = [...logOf(play), ...failed].filter((text) => text.startsWith('alice'));
    assert.deepEqual(shownOnce.sort(), [...play.written].sort(), `seed ${seed}`);
    assert.deepEqual(
      shown(play.stage.client).filter((line) => line.includes('queued')),
      [],
    );
  }
});

test('all of it at once: the screen shows the log', () => {
  for (let seed = 1; seed <= RUNS; seed++) {
    const play = run(seed, true, true);
    assert.deepEqual(textsOf(play), logOf(play), `seed ${seed}`);
    const own = [...textsOf(play), ...textsOf(play, true)].filter((text) => text.startsWith('alice'));
    assert.equal(new Set(own).size, own.length, `seed ${seed}`);
  }
});
