/** A client logs in, takes each entry once, and acknowledges what is kept. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryStorage } from '../../protocol/client.ts';
import { DEVICE_ID } from '../../protocol/documents.ts';
import {
  answer,
  brief,
  createStage,
  enterStage,
  fromBob,
  mark,
  PASS,
  place,
  shown,
  SlowStorage,
  time,
  welcome,
} from './client-stage.ts';

test('logs in with the password, then with the token that it was given, and forgets the password', () => {
  const storage = new MemoryStorage();
  const stage = createStage({ storage, label: 'a test' });
  stage.client.logIn('alice', PASS);
  const { client, link } = stage;
  const login = link.open();
  assert.equal(login?.pass, PASS);
  assert.equal(login?.token, undefined);
  assert.equal(login?.version, '2');
  assert.equal(login?.label, 'a test');
  assert.equal(login?.marks, '0');
  assert.match(login?.device ?? '', DEVICE_ID);
  link.enter({ token: 'alice~d~secret' });
  assert.deepEqual(client.connection, { state: 'online', isCaughtUp: true, isMoving: false });
  assert.equal(JSON.stringify([...storage.kept]).includes(PASS), false);

  const next = stage.reopen();
  assert.deepEqual([next?.token, next?.pass], ['alice~d~secret', undefined]);

  const again = createStage({ storage });
  assert.equal(again.client.user, 'alice');
  assert.equal(again.client.start(), true);
  const second = again.link.open();
  assert.deepEqual([second?.token, second?.pass], ['alice~d~secret', undefined]);
  assert.equal(second?.device, login?.device);
  assert.equal(second?.epoch, '0');
});

test('tells the host when a password is needed, the user is banned, or the gateway knows no IMS 2', () => {
  const cases = [
    [{ result: '0' }, 'credentials'],
    [{ result: '2' }, 'banned'],
    [{ result: '1', version: undefined }, 'unsupported'],
  ] as const;
  for (const [login, why] of cases) {
    const stage = createStage();
    stage.client.logIn('alice', PASS);
    const { client, link, links, clock } = stage;
    link.open();
    link.receive(welcome(login));
    assert.deepEqual(client.connection, { state: 'out', why, reason: undefined });
    assert.equal(link.isClosed, true);
    clock.pass(60_000);
    assert.equal(links.length, 1);
  }
});

test('a token that is void is forgotten; what is held and unsent stays for the next login of the same user', () => {
  const stage = enterStage();
  stage.link.cut();
  stage.client.send('bob', 'later');
  stage.clock.pass(2_000);
  stage.link.open();
  stage.link.receive(welcome({ result: '0' }));
  assert.equal(stage.client.start(), false);
  assert.equal(stage.links.length, 2);
  stage.client.logIn('Alice', PASS);
  assert.equal(stage.link.open()?.pass, PASS);
  stage.link.enter({ after: undefined });
  assert.deepEqual(brief(stage.link.take()), ['MESSAGE 1 later']);
});

test('a storage that was wiped makes another device, and so does another user', () => {
  const first = enterStage({ seed: 1 });
  const second = enterStage({ seed: 2 });
  assert.notEqual(first.client.device, second.client.device);
  const { device } = first.client;
  first.client.send('bob', 'mine');
  first.client.logIn('carol', PASS);
  assert.notEqual(first.client.device, device);
  assert.equal(first.client.conversations.length, 0);
  assert.equal(first.link.open()?.user, 'carol');
});

test('stores each entry once and acknowledges what is stored: one ACK for all that came in one go', () => {
  const storage = new SlowStorage();
  const stage = createStage({ storage });
  stage.client.logIn('alice', PASS);
  stage.link.open();
  stage.link.enter({}, fromBob(1, 1), fromBob(2, 2));
  assert.deepEqual(stage.link.take(), []);
  storage.confirm();
  assert.deepEqual(brief(stage.link.take()), [`ACK ${place(2)}`]);
  stage.link.receive(fromBob(3, 3), fromBob(4, 4));
  stage.link.receive(fromBob(5, 5));
  assert.deepEqual(stage.link.take(), []);
  storage.confirm();
  // The second one waited for the save of the first two.
  assert.deepEqual(brief(stage.link.take()), [`ACK ${place(4)}`, `ACK ${place(5)}`]);
  stage.link.receive(fromBob(4, 4), fromBob(5, 5), fromBob(6, 6));
  storage.confirm();
  assert.deepEqual(
    shown(stage.client),
    [1, 2, 3, 4, 5, 6].map((n) => `< bob ${n}`),
  );
  assert.deepEqual(
    stage.news,
    [1, 2, 3, 4, 5, 6].map((n) => `bob ${n}`),
  );
});

test('comes back with what it holds, and takes only what is new', () => {
  const storage = new MemoryStorage();
  const stage = enterStage({ storage });
  stage.link.receive(fromBob(1, 1), fromBob(2, 2));
  const again = createStage({ storage });
  assert.deepEqual(shown(again.client), ['< bob 1', '< bob 2']);
  again.client.start();
  assert.equal(again.link.open()?.after, place(2));
  again.link.enter({ after: place(2) }, fromBob(3, 3));
  assert.deepEqual(again.news, ['bob 3']);
  assert.deepEqual(brief(again.link.take()), [`ACK ${place(3)}`]);
});

test('a catch-up is acknowledged once, at its end, in however many pieces it comes', () => {
  const stage = enterStage();
  stage.link.receive(fromBob(1, 1));
  stage.reopen();
  stage.link.receive(welcome({ after: place(1) }), fromBob(2, 2));
  stage.link.receive(fromBob(3, 3));
  assert.deepEqual(stage.link.take(), []);
  stage.link.receive({ name: 'FRIENDS', friends: [] });
  assert.deepEqual(brief(stage.link.take()), [`ACK ${place(3)}`]);
  assert.deepEqual(stage.news, ['bob 1', 'bob 2', 'bob 3']);
});

test('an answer whose number is the next moves the cursor; one further on waits for what is before it', () => {
  const storage = new MemoryStorage();
  const after = (): unknown => (storage.kept.get('log') as { after?: string }).after;
  const { client, link } = enterStage({ storage });
  for (const text of ['one', 'two', 'three']) client.send('bob', text);
  link.receive(answer(1, 1, 1));
  assert.equal(after(), place(1));
  link.receive(answer(2, 3, 2), answer(3, 4, 3));
  assert.equal(after(), place(1));
  link.receive(fromBob(2, 1));
  assert.equal(after(), place(4));
  assert.deepEqual(shown(client), ['> one sent', '< bob 1', '> two sent', '> three sent']);
});

test('a bot that answers from inside the update keeps message and answer in one step', () => {
  const storage = new SlowStorage();
  const stage = createStage({
    storage,
    react: (update) => {
      if (update.kind === 'message' && !update.isOld)
        stage.client.send(update.message.from, `re: ${update.message.text}`);
    },
  });
  stage.client.logIn('bot', PASS);
  stage.link.open();
  stage.link.enter();
  storage.confirm();
  stage.link.take();
  const { saves } = storage;
  stage.link.receive({ ...fromBob(1, 1), to: 'bot' } as ReturnType<typeof fromBob>);
  assert.equal(storage.saves, saves + 1);
  assert.equal(storage.memory.kept.has('out/1') && storage.memory.kept.has(`entry/${place(1)}`), true);
  storage.confirm();
  assert.deepEqual(brief(stage.link.take()), [`ACK ${place(1)}`, 'MESSAGE 1 re: bob 1']);
});

test('the first catch-up of a device is no news', () => {
  const stage = createStage();
  stage.client.logIn('alice', PASS);
  stage.link.open();
  stage.link.enter({}, fromBob(7, 7));
  const isOld = stage.updates.flatMap((update) => (update.kind === 'message' ? [update.isOld] : []));
  assert.deepEqual(isOld, [true]);
  stage.link.receive(fromBob(8, 8), mark(1, { seen: '7' }));
  assert.equal(stage.client.conversation('bob').unread, 1);
  assert.equal(stage.client.conversation('bob').name, 'Bob');
  assert.equal(stage.client.conversations[0]?.items.at(-1)?.time, Date.parse(time(8)));
});
