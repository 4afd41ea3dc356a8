/** A client sends each message until it is answered, under one id, and says what became of it. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryStorage } from '../../protocol/client.ts';
import {
  answer,
  brief,
  createStage,
  enterStage,
  PASS,
  place,
  shown,
  SlowStorage,
  toBob,
  welcome,
} from './client-stage.ts';

test('keeps a message before it is sent, sends in order, and takes the answer for the entry', () => {
  const storage = new SlowStorage();
  const stage = createStage({ storage });
  stage.client.logIn('alice', PASS);
  const { client, link } = stage;
  link.open();
  link.enter();
  storage.confirm();
  link.take();
  assert.equal(client.send('bob', 'one'), 1);
  assert.equal(client.send('Bob', 'two'), 2);
  assert.deepEqual(link.take(), []);
  assert.deepEqual(shown(client), ['> one queued', '> two queued']);
  storage.confirm();
  assert.deepEqual(brief(link.take()), ['MESSAGE 1 one', 'MESSAGE 2 two']);
  const keys = client.conversation('bob').items.map(({ key }) => key);
  link.receive(answer(1, 1, 1));
  link.receive(answer(2, 2, 2, '-1'));
  assert.deepEqual(shown(client), ['> one sent', '> two sent']);
  assert.deepEqual(
    client.conversation('bob').items.map(({ key }) => key),
    keys,
  );
  storage.confirm();
  assert.deepEqual(
    [...storage.memory.kept.keys()].filter((key) => key.startsWith('out/')),
    [],
  );
});

test('has at most 32 messages unanswered, by their ids', () => {
  const { client, link } = enterStage();
  for (let id = 1; id <= 40; id++) client.send('bob', `m${id}`);
  assert.equal(link.take().length, 32);
  link.receive(answer(2, 1, 1));
  assert.equal(link.take().length, 0);
  link.receive(answer(1, 2, 2));
  assert.deepEqual(brief(link.take()), ['MESSAGE 33 m33', 'MESSAGE 34 m34']);
});

test('sends what was not answered again after each login, with the same ids, also after a restart', () => {
  const storage = new MemoryStorage();
  const stage = enterStage({ storage });
  stage.client.send('bob', 'one');
  stage.client.send('bob', 'two');
  stage.reopen();
  stage.link.enter();
  assert.deepEqual(brief(stage.link.take()), ['MESSAGE 1 one', 'MESSAGE 2 two']);
  stage.link.receive(answer(1, 1, 1));
  const again = createStage({ storage });
  again.client.start();
  assert.equal(again.link.open()?.after, place(1));
  again.link.enter({ after: place(1), sent: '2' });
  assert.deepEqual(brief(again.link.take()), [`ACK ${place(1)}`, 'MESSAGE 2 two']);
  assert.deepEqual(shown(again.client), ['> one sent', '> two queued']);
});

test('matches answers by id, in any order, and knows why a message was refused', () => {
  const { client, link } = enterStage();
  for (const text of ['one', 'two', 'three']) client.send('bob', text);
  link.receive(answer(3, 3, 3, '0', 'full'));
  link.receive(answer(1, 1, 1));
  assert.deepEqual(shown(client), ['> one sent', '> three refused:full', '> two queued']);
  link.receive(answer(2, 2, 2));
  assert.deepEqual(shown(client), ['> one sent', '> two sent', '> three refused:full']);
  assert.equal(client.conversation('bob').items.length, 3);
});

test('takes its own entry in the log for the answer, and the late answer changes nothing', () => {
  const stage = enterStage();
  const { client } = stage;
  client.send('bob', 'one');
  stage.reopen();
  stage.link.receive(welcome({ sent: '1' }), toBob(1, 1, 'one', client.device, 1));
  stage.link.receive({ name: 'FRIENDS', friends: [] });
  assert.deepEqual(shown(client), ['> one sent']);
  stage.link.receive(answer(1, 1, 1, '0', 'unknown'));
  assert.deepEqual(shown(client), ['> one refused:unknown']);
  assert.equal(client.conversation('bob').items.length, 1);
});

test('a message whose id was used for another is shown as failed, and can be sent again under a new one', () => {
  const { client, link } = enterStage();
  client.send('bob', 'one');
  client.send('bob', 'two');
  link.take();
  link.receive({ name: 'ERROR', code: 'id-used', id: '1', text: 'used' });
  assert.equal(client.connection.state, 'online');
  assert.deepEqual(shown(client), ['> two queued', '> one failed:id-used']);
  assert.equal(client.resend(1), 3);
  assert.deepEqual(brief(link.take()), ['MESSAGE 3 one']);
  assert.deepEqual(shown(client), ['> two queued', '> one queued']);
  assert.equal(client.discard(3), false);
});

test('an answer without a place is a failure that is shown', () => {
  const { client, link } = enterStage();
  client.send('bob', 'one');
  link.receive({ name: 'MESSAGE', id: '1', result: '0' });
  assert.deepEqual(shown(client), ['> one failed:refused']);
  assert.equal(client.discard(1), true);
  assert.deepEqual(shown(client), []);
});

test('continues after the highest id that the gateway had', () => {
  const stage = enterStage();
  stage.reopen();
  stage.link.enter({ sent: '41' });
  assert.equal(stage.client.send('bob', 'next'), 42);
});

test('refuses what no document can carry', () => {
  const { client, link } = enterStage();
  assert.throws(() => client.send('no name', 'x'), RangeError);
  assert.throws(() => client.send('bob', '&'.repeat(4_000)), RangeError);
  assert.throws(() => createStage().client.send('bob', 'x'), RangeError);
  assert.throws(() => client.send('bob', '€'.repeat(6_000)), RangeError);
  client.send('bob', `a${'\0'}b`);
  assert.deepEqual(brief(link.take()), ['MESSAGE 1 a\uFFFDb']);
});
