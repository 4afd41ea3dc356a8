/** The store's contract: messages of devices, known by their ids. */

import assert from 'node:assert/strict';
import { ANSWERS } from '../../gateway/store/store.ts';
import { appendAs, assertRefused, authorOn, CLOSE_DEVICES, login, openOn, sendAs } from './store-device-stage.ts';
import { begin, carryOn, lose, mend, receive } from './store-mending.ts';
import { assertStored, numberOf, numbers, settled, type Check, type Stage } from './store-stage.ts';

const USED = { outcome: 'used' };

async function sentNumbers(stage: Stage, user: string): Promise<readonly number[]> {
  return (await stage.readMessages(user)).map(({ n }) => n);
}

async function sentOf(stage: Stage, user: string, device: string): Promise<number> {
  return (await login(stage, await authorOn(stage, user, `look.${stage.nextOp()}`, device))).device.sent;
}

export function checkDeviceMessages(check: Check): void {
  checkEntries(check);
  checkIds(check);
  checkRemembered(check);
  checkMended(check);
}

function checkEntries(check: Check): void {
  check('an own entry says which device sent it, and under which id; the receiver’s does not', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'Amy');
    const bob = await openOn(stage, 'bob', 'inc.1', 'phone');
    const heard = await stage.listen('bob');
    const text = 'a|b|\n2|out|1|';
    const sent = await appendAs(stage, bob, 7, { to: 'Amy', text, check: '00abcd' });
    assert.deepEqual([sent.place, sent.n, sent.check, sent.previous], ['1-00abcd', 1, '00abcd', '']);
    const { place, time } = sent;
    const message = { n: 1, check: '00abcd', previous: '', text };
    const by = { device: 'phone', id: 7 };
    const entry = { kind: 'out', place, time, name: 'Amy', ...message, by };
    assert.deepEqual(await heard.waitEntries(1), [entry]);
    assert.deepEqual(await stage.readAll('bob'), [entry]);
    assert.deepEqual((await store.readLogBack('bob', undefined, 9)).entries, [entry]);
    assert.deepEqual((await stage.reopen(await stage.author('bob', 'inc.2'))).pending, [
      { to: 'Amy', time, ...message },
    ]);
    assert.deepEqual(await store.findSent('bob', 'amy', 1, 9), [{ to: 'Amy', time, ...message }]);
    assertStored(await store.receive('amy', { from: 'bob', time, ...message }));
    const [copy] = await stage.readMessages('amy');
    assert.deepEqual([copy?.text, copy && 'by' in copy], [text, false]);
  });

  check('a classic session’s entry says nothing of devices, and a note of a device does', async (stage) => {
    await stage.addUsers('bob', 'amy');
    const classic = await stage.open('bob', 'inc.1');
    const bob = await openOn(stage, 'bob', 'inc.2', 'phone');
    await stage.send(classic, 'amy', 'classic');
    const note = await appendAs(stage, bob, 1, { to: 'bob', text: 'note' });
    const other = await appendAs(stage, bob, 2);
    assert.match(other.place, /^3-[0-9a-f]{6}$/);
    assert.equal(other.place, `3-${other.check}`);
    const [first, second] = await stage.readMessages('bob');
    assert.ok(first && !('by' in first));
    assert.deepEqual([second?.kind, second?.place, second?.by], ['self', note.place, { device: 'phone', id: 1 }]);
  });

  check('messages of devices are dropped from a long log as others are', { logEntries: 100 }, async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'amy');
    const bob = await openOn(stage, 'bob', 'inc.1', 'phone');
    for (const id of numbers(1, 300)) await appendAs(stage, bob, id, { settled: settled('amy', id - 1) });
    const kept = await sentNumbers(stage, 'bob');
    assert.ok(kept.length >= 100 && kept.length < 164, `${kept.length} entries, not about 100`);
    assert.deepEqual(await store.findSent('bob', 'amy', 1, kept[0]! - 1), []);
    assert.equal((await store.findSent('bob', 'amy', kept[0]!, 300)).length, kept.length);
    assert.deepEqual(
      (await store.readUnfinished('bob'))?.pending.map(({ n }) => n),
      [300],
    );
  });

  check('device and id count in bytes too', { logBytes: 20_000 }, async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'cat', 'amy');
    const bob = await openOn(stage, 'bob', 'inc.1', 'd'.repeat(64));
    const cat = await stage.open('cat', 'inc.2');
    for (const id of numbers(1, 400)) {
      const more = { text: '', settled: settled('amy', id - 1) };
      await appendAs(stage, bob, id, more);
      await store.send(cat, { to: 'amy', op: id, ...more });
    }
    const [own, classic] = [await sentNumbers(stage, 'bob'), await sentNumbers(stage, 'cat')];
    assert.ok(own.length < classic.length, `${own.length} and ${classic.length} entries`);
    assert.deepEqual(own, numbers(own[0]!, 400));
  });
}

function checkIds(check: Check): void {
  check('a repeated id gets its first answer, and is there once', async (stage) => {
    await stage.addUsers('bob', 'amy');
    const bob = await openOn(stage, 'bob', 'inc.1', 'phone');
    const first = await appendAs(stage, bob, 1, { check: 'aaaaaa' });
    const second = await appendAs(stage, bob, 2);
    for (const _again of [1, 2]) {
      assert.deepEqual(await sendAs(stage, bob, 1, { check: 'aaaaaa' }), first);
      assert.deepEqual(await sendAs(stage, bob, 2), second);
    }
    const answers = await Promise.all(numbers(1, 10).map(() => sendAs(stage, bob, 3)));
    assert.equal(new Set(answers.map((answer) => JSON.stringify(answer))).size, 1);
    assert.deepEqual(await sentNumbers(stage, 'bob'), [1, 2, 3]);
    assert.equal(await sentOf(stage, 'bob', 'phone'), 3);
  });

  check('an id used for another text or receiver is refused, and nothing is done', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'amy', 'am', 'cat');
    const bob = await openOn(stage, 'bob', 'inc.1', 'phone');
    await appendAs(stage, bob, 1, { text: 'one' });
    await appendAs(stage, bob, 2, { text: 'two' });
    const others = [
      { text: 'one ' },
      { text: '' },
      { text: 'two' },
      { to: 'cat', text: 'one' },
      { to: 'am', text: 'yone' },
    ];
    for (const more of others) {
      assert.deepEqual(await sendAs(stage, bob, 1, { ...more, settled: settled('amy', 1) }), USED);
    }
    assert.deepEqual(await sentNumbers(stage, 'bob'), [1, 2]);
    assert.equal((await store.readUnfinished('bob'))?.pending.length, 2);
    assert.equal(await sentOf(stage, 'bob', 'phone'), 2);
  });

  check('ids rise with gaps; one that was passed by is used', async (stage) => {
    await stage.addUsers('bob', 'amy');
    const bob = await openOn(stage, 'bob', 'inc.1', 'phone');
    const ids = [3, 5, 9, 40];
    const answers = [];
    for (const id of ids) answers.push(await appendAs(stage, bob, id));
    for (const id of [1, 2, 4, 8, 39]) assert.deepEqual(await sendAs(stage, bob, id), USED);
    for (const [index, id] of ids.entries()) assert.deepEqual(await sendAs(stage, bob, id), answers[index]);
    assert.equal(await sentOf(stage, 'bob', 'phone'), 40);
    assert.deepEqual(await sentNumbers(stage, 'bob'), [1, 2, 3, 4]);
  });

  check('each device has ids of its own, besides the operations of sessions', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'amy');
    const classic = await stage.open('bob', 'classic.1');
    for (const [index, device] of CLOSE_DEVICES.entries()) {
      const bob = await openOn(stage, 'bob', `inc.${index}`, device);
      assert.deepEqual(await store.setStatus(bob, 1, 5), { outcome: 'set' });
      await appendAs(stage, bob, 1, { text: device });
      await appendAs(stage, bob, 2, { text: device });
      assert.deepEqual(await store.setStatus(bob, 2, 6), { outcome: 'set' });
    }
    await stage.send(classic, 'amy', 'classic', { op: 1 });
    const own = await stage.readMessages('bob');
    assert.deepEqual(
      own.map(({ by }) => by),
      [...CLOSE_DEVICES.flatMap((device) => [1, 2].map((id) => ({ device, id }))), undefined],
    );
    for (const device of CLOSE_DEVICES) assert.equal(await sentOf(stage, 'bob', device), 2);
  });
}

function checkRemembered(check: Check): void {
  check('the last messages of a device are remembered, and older ones are known as used', async (stage) => {
    await stage.addUsers('bob', 'amy');
    const bob = await openOn(stage, 'bob', 'inc.1', 'phone');
    const answers = [];
    for (const id of numbers(1, ANSWERS + 3)) answers.push(await appendAs(stage, bob, id));
    for (const id of numbers(4, ANSWERS + 3)) assert.deepEqual(await sendAs(stage, bob, id), answers[id - 1]);
    for (const id of numbers(1, 3)) assert.deepEqual(await sendAs(stage, bob, id), USED);
    assert.equal((await sentNumbers(stage, 'bob')).length, ANSWERS + 3);
  });

  check('so many are remembered whatever the gaps between their ids', async (stage) => {
    await stage.addUsers('bob', 'amy');
    const bob = await openOn(stage, 'bob', 'inc.1', 'phone');
    const ids = numbers(1, 8).map((index) => index * ANSWERS);
    const answers = [];
    for (const id of ids) answers.push(await appendAs(stage, bob, id));
    for (const [index, id] of ids.entries()) assert.deepEqual(await sendAs(stage, bob, id), answers[index]);
  });

  check('what was sent before a session was replaced or ended is answered again after it', async (stage) => {
    const { store } = stage;
    await stage.addUsers('bob', 'amy');
    const older = await openOn(stage, 'bob', 'inc.1', 'phone');
    const first = await appendAs(stage, older, 1);
    const newer = await authorOn(stage, 'bob', 'inc.2', 'phone');
    assert.equal((await login(stage, newer)).device.sent, 1);
    for (const author of [older, newer]) assert.deepEqual(await sendAs(stage, author, 1), first);
    assert.deepEqual(await sendAs(stage, older, 2), { outcome: 'replaced' });
    const second = await appendAs(stage, newer, 2, { text: 'second' });
    assert.deepEqual(await sendAs(stage, older, 2, { text: 'second' }), second);
    await store.closeSessions('bob', ['inc.1', 'inc.2']);
    const third = await openOn(stage, 'bob', 'inc.3', 'phone');
    assert.deepEqual(await sendAs(stage, third, 1), first);
    assert.deepEqual(await sendAs(stage, third, 2), USED);
    await store.endSessions('bob');
    assert.deepEqual(await sendAs(stage, third, 1), first);
    await assertRefused(stage, third, 'fenced');
    assert.deepEqual(await sentNumbers(stage, 'bob'), [1, 2]);
  });

  check('an id sent by an older and a newer session at once is taken once', async (stage) => {
    await stage.addUsers('bob', 'amy');
    const older = await openOn(stage, 'bob', 'inc.1', 'phone');
    const newer = await authorOn(stage, 'bob', 'inc.2', 'phone');
    const [sent, , repeated] = await Promise.all([
      sendAs(stage, older, 1),
      login(stage, newer),
      sendAs(stage, newer, 1),
    ]);
    assert.ok(['appended', 'replaced'].includes(sent.outcome));
    const settledAnswer = await appendAs(stage, newer, 1);
    if (sent.outcome === 'appended') assert.deepEqual(sent, settledAnswer);
    if (repeated.outcome === 'appended') assert.deepEqual(repeated, settledAnswer);
    assert.deepEqual(await sentNumbers(stage, 'bob'), [1]);
  });
}

function checkMended(check: Check): void {
  check('a message that gets another place keeps its device, and its repeat gets that place', async (stage) => {
    await begin(stage);
    const alice = await openOn(stage, 'alice', 'inc.2', 'phone');
    await lose(stage, 1, 1);
    const sent = await appendAs(stage, alice, 4, { to: 'Bob', text: 'new', check: 'bbbbb1' });
    assert.deepEqual(await receive(stage, sent, 'new'), { outcome: 'diverged' });
    const pending = await mend(stage);
    const [lost, moved] = await stage.readMessages('alice');
    assert.deepEqual([lost?.n, lost && 'by' in lost], [1, false]);
    assert.deepEqual([moved?.n, moved?.check, moved?.by], [2, 'bbbbb1', { device: 'phone', id: 4 }]);
    const again = await appendAs(stage, alice, 4, { to: 'Bob', text: 'new', check: 'bbbbb1' });
    const { place, time, n, check: own, previous } = moved!;
    assert.deepEqual(again, { outcome: 'appended', place, time, n, check: own, previous });
    await carryOn(stage, pending);
    assert.equal((await stage.readMessages('bob')).length, 2);
  });

  check('a message that was given back before its device sends it again is not sent twice', async (stage) => {
    const { store } = stage;
    await begin(stage);
    const alice = await openOn(stage, 'alice', 'inc.2', 'phone');
    const lost = { n: 1, check: 'cccccc', previous: '', time: 1_000, text: 'once' };
    assertStored(await store.receive('bob', { from: 'Alice', ...lost }));
    await carryOn(stage, await mend(stage));
    const [given] = await stage.readMessages('alice');
    for (const id of [5, 5]) {
      const again = await appendAs(stage, alice, id, { to: 'Bob', text: 'once', check: 'cccccc' });
      assert.deepEqual([again.place, again.n, again.time], [given?.place, 1, given?.time]);
    }
    const other = await appendAs(stage, alice, 6, { to: 'Bob', text: 'other', check: 'cccccc' });
    assert.equal(other.n, 2, 'another text with that check is another message');
    // One after it was taken before; what the failover took of the device is not needed.
    const late = await appendAs(stage, alice, 4, { to: 'Bob', text: 'once', check: 'cccccc' });
    assert.equal(late.place, given?.place);
    assert.equal(await sentOf(stage, 'alice', 'phone'), 6);
    assert.deepEqual(
      (await stage.readMessages('alice')).map(({ text }) => text),
      ['once', 'other'],
    );
  });

  check('a message sent again that the sender’s log lost is known by its check', async (stage) => {
    const { store } = stage;
    await begin(stage);
    const alice = await openOn(stage, 'alice', 'inc.2', 'phone');
    const lost = { n: 1, check: 'cccccc', previous: '', time: 1_000, text: 'once' };
    assertStored(await store.receive('bob', { from: 'Alice', ...lost }));
    await lose(stage, 2, 2, 'cccccc');
    // The device had no answer and sends it again, behind another one.
    const other = await appendAs(stage, alice, 1, { to: 'Bob', text: 'other', check: 'dddddd' });
    await appendAs(stage, alice, 2, { to: 'Bob', text: 'once', check: 'cccccc' });
    assert.deepEqual(await receive(stage, other, 'other'), { outcome: 'diverged' });
    await carryOn(stage, await mend(stage));
    for (const user of ['alice', 'bob']) {
      const texts = (await stage.readMessages(user)).map(({ text }) => text);
      assert.deepEqual(texts, ['once', 'lost|2', 'other']);
    }
    const own = await stage.readMessages('alice');
    assert.deepEqual(
      own.map(({ by }) => by?.id),
      [2, undefined, 1],
    );
    const again = await appendAs(stage, alice, 2, { to: 'Bob', text: 'once', check: 'cccccc' });
    assert.deepEqual([again.n, numberOf(again)], [1, numberOf(own[0]!)]);
  });
}
