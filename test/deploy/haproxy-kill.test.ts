/** One of three gateways behind the shipped HAProxy is killed: what its users, and those who write to them, see of it. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ask,
  befriend,
  enterApart,
  expectNext,
  PATIENCE,
  readStatus,
  say,
  startThree,
  TRANSPORTS,
  until,
  type Person,
  type ThreeGateways,
} from './three-gateways.ts';

/** Milliseconds. */
const LIMIT = { timeout: 120_000 };
/** Milliseconds after which the users of a dead gateway must count as away. */
const AWAY_WITHIN = 20_000;
/** Messages answered before the kill. */
const ANSWERED = 40;

/** A person who sends as fast as the answers come; gives the texts that were answered when the connection ended. */
async function sendUntilEnd({ name, client }: Person, to: readonly string[]): Promise<Map<string, string[]>> {
  const answered = new Map<string, string[]>(to.map((user) => [user, []]));
  for (let count = 0; ; count++) {
    const user = to[count % to.length]!;
    await client.send(Buffer.from(`<MESSAGE from="${name}" to="${user}">${count}</MESSAGE>`));
    // The echo, then the answer.
    await client.inbox.next(PATIENCE);
    const answer = await client.inbox.next(PATIENCE);
    if (answer === undefined) return answered;
    assert.match(answer, /^<MESSAGE result="-?1"\/>$/);
    answered.get(user)!.push(String(count));
  }
}

/** The texts that came from this sender, until everything before an echo is read. */
async function readTexts({ name, client }: Person, from: string): Promise<string[]> {
  const texts: string[] = [];
  await client.send(Buffer.from('<ALIVE/>'));
  for (;;) {
    const document = await client.inbox.next(PATIENCE);
    if (document === '<ALIVE/>') return texts;
    const text = new RegExp(`^<MESSAGE from="${from}" to="${name}">(.*)</MESSAGE>$`).exec(document ?? '')?.[1];
    assert.ok(text !== undefined, `${name} received ${document}`);
    texts.push(text);
  }
}

/** Everything answered is there; the one that was under way at the kill may be too, and nothing else, nothing twice. */
function expectDelivered(texts: readonly string[], answered: readonly string[], count: number): void {
  assert.deepEqual(texts.slice(0, answered.length), answered);
  const next = String(Number(answered.at(-1)) + count);
  assert.deepEqual(texts.slice(answered.length), texts.length > answered.length ? [next] : []);
}

describe('a gateway behind HAProxy is killed', LIMIT, () => {
  let three: ThreeGateways;
  /** The gateway that dies, and those who are there, one by each transport. */
  const victim = 1;
  let doomed: Person[];
  /** A friend of the doomed, at another gateway. */
  let watcher: Person;
  /** One of the doomed, and to whom that one sends; the message that is under way then may come at any time. */
  let sender: Person;
  let reader: Person;
  let answered: Map<string, string[]>;
  let killedAt: number;

  before(async () => {
    three = await startThree();
    const native = await enterApart(three, 'native', 'tcp');
    const pages = await enterApart(three, 'page', 'websocket');
    [watcher, reader] = [native[0]!, pages[2]!];
    doomed = [native[victim]!, pages[victim]!];
    sender = doomed[0]!;
    for (const person of doomed) await befriend(watcher, person);
    for (const name of ['absent', 'comer']) {
      await three.enter(name, 'tcp').then(({ client }) => client.drop());
      await until(`${name} is away`, async () => (await three.readSessions(name)).length === 0);
    }
  });
  after(() => three?.stop());

  test('its connections end at once, and who connects again is served at once', async () => {
    const sending = sendUntilEnd(sender, [reader.name, 'absent']);
    await until('messages are answered', () => reader.client.inbox.text.split('</MESSAGE>').length > ANSWERED);
    killedAt = Date.now();
    await three.gateways[victim]!.kill9();
    // Before any check can have noticed: HAProxy finds another gateway by itself.
    for (const transport of TRANSPORTS) {
      for (let count = 0; count < 6; count++) {
        const { client, answer } = await three.logIn('comer', transport);
        assert.equal(answer, `<LOGIN user="comer" result="1"/>`);
        client.drop();
      }
    }
    for (const { client } of doomed) assert.ok(await client.inbox.waitForEnd(PATIENCE));
    answered = await sending;
  });

  test('what its users had been answered for is delivered', async () => {
    expectDelivered(await readTexts(reader, sender.name), answered.get(reader.name)!, 2);
    const { client } = await three.logIn('absent', 'tcp');
    expectDelivered(await readTexts({ name: 'absent', client }, sender.name), answered.get('absent')!, 2);
    client.drop();
  });

  test('within 20 seconds its users count as away, and what is sent to them waits', async (context) => {
    const sent = new Map<string, string[]>(doomed.map(({ name }) => [name, []]));
    const sayTo = async (name: string): Promise<string | undefined> => {
      const texts = sent.get(name)!;
      texts.push(`while away ${texts.length}`);
      return say(watcher, name, texts.at(-1)!);
    };
    for (const { name } of doomed) {
      const left = (): number => killedAt + AWAY_WITHIN - Date.now();
      await until(`a message to ${name} gets -1`, async () => (await sayTo(name)) === '-1', left());
      await until(`${name} has status -1`, async () => (await readStatus(watcher, name)) === '-1', left());
      context.diagnostic(`${name} away after ${Date.now() - killedAt} ms`);
    }
    for (const [index, { name }] of doomed.entries()) {
      assert.equal(await sayTo(name), '-1');
      const { client, answer } = await three.logIn(name, TRANSPORTS[index]!);
      assert.equal(answer, `<LOGIN user="${name}" result="1"/>`);
      for (const text of sent.get(name)!) {
        await expectNext({ name, client }, `<MESSAGE from="${watcher.name}" to="${name}">${text}</MESSAGE>`);
      }
      assert.equal(await readStatus(watcher, name), '0');
      assert.equal(await say(watcher, name, 'back'), '1');
      await expectNext({ name, client }, `<MESSAGE from="${watcher.name}" to="${name}">back</MESSAGE>`);
      client.drop();
    }
  });

  test('started again it is found, and gets the next clients', async () => {
    await three.restart(victim);
    for (const transport of TRANSPORTS) {
      await until(`somebody lands at the new one, ${transport}`, async () => {
        const { client, answer } = await three.logIn('comer', transport);
        assert.equal(answer, `<LOGIN user="comer" result="1"/>`);
        const place = await three.findGateway('comer');
        assert.equal(await ask(client, '<LOGOUT user="comer"/>'), '<LOGOUT result="1"/>');
        client.drop();
        if (place !== victim) await sleep(200);
        return place === victim;
      });
    }
  });
});
