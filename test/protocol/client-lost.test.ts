/** Own messages that the log lost: sent again in their turn, or shown as failed; once, wherever they come from. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServerDocument } from '../../protocol/documents.ts';
import { answer, brief, createStage, enterStage, fromBob, place, shown, toBob, welcome } from './client-stage.ts';
import type { Stage } from './client-stage.ts';

function friends(): ServerDocument {
  return { name: 'FRIENDS', friends: [] };
}

/** What another client would find in the storage of this one. */
function restarted(stage: Stage): string[] {
  return shown(createStage({ storage: stage.storage }).client);
}

test('an own message that the log lost is sent again, before what has a higher id', () => {
  const stage = enterStage();
  const { client } = stage;
  client.send('bob', 'one');
  client.send('bob', 'two');
  client.send('bob', 'three');
  stage.link.receive(answer(1, 1, 1), answer(2, 2, 2), answer(3, 3, 3));
  stage.link.cut();
  client.send('bob', 'four');
  stage.reopen();
  stage.link.enter({ epoch: 'e1', sent: '1' }, toBob(1, 1, 'one', client.device, 1));
  assert.deepEqual(shown(client), ['> one sent', '> two queued', '> three queued', '> four queued']);
  assert.deepEqual(restarted(stage), shown(client));
  const sent = stage.link.take().filter(({ name }) => name === 'MESSAGE');
  assert.deepEqual(
    sent.map((document) => 'id' in document && document.id),
    ['2', '3', '4'],
  );
  // One of them from the receiver's copy, without the device and under another number; a message keeps its check.
  stage.link.receive(toBob(5, 2, 'two', undefined, undefined, place(5, place(2).split('-')[1])), answer(3, 6, 3));
  assert.deepEqual(shown(client), ['> one sent', '> two sent', '> three sent', '> four queued']);
});

test('an answer that is held beyond the cursor and does not come again was lost: the message is sent again', () => {
  const stage = enterStage();
  const { client } = stage;
  stage.link.receive(fromBob(1, 1));
  client.send('bob', 'one');
  client.send('bob', 'two');
  stage.link.receive(answer(1, 3, 1), answer(2, 5, 2));
  stage.link.cut();
  client.send('bob', 'three');
  stage.reopen();
  stage.link.receive(welcome({ epoch: '0', after: place(1), sent: '1' }));
  assert.deepEqual(brief(stage.link.take()), []);
  stage.link.receive(
    fromBob(2, 2),
    toBob(3, 1, 'one', client.device, 1),
    fromBob(4, 3),
    fromBob(5, 4, 'bob 4', place(5, 'aaaaaa')),
  );
  stage.link.receive(friends());
  assert.deepEqual(shown(client), [
    '< bob 1',
    '< bob 2',
    '> one sent',
    '< bob 3',
    '< bob 4',
    '> two queued',
    '> three queued',
  ]);
  assert.deepEqual(brief(stage.link.take()).slice(1), ['MESSAGE 2 two', 'MESSAGE 3 three']);
});

test('an own message that was refused and lost, or whose turn has passed, is shown as failed', () => {
  const stage = enterStage();
  const { client } = stage;
  client.send('bob', 'one');
  client.send('bob', 'two');
  client.send('bob', 'three');
  stage.link.receive(answer(1, 1, 1), answer(2, 2, 2, '0', 'full'), answer(3, 3, 3));
  stage.reopen();
  stage.link.enter({ epoch: 'e1', sent: '1' });
  assert.deepEqual(shown(client), ['> three queued', '> one failed:lost', '> two failed:lost']);
});

test('an own message that is lost, and back from the copy of its receiver, is shown once', () => {
  const stage = enterStage();
  const { client } = stage;
  client.send('bob', 'one');
  client.send('bob', 'two');
  stage.link.receive(answer(1, 1, 1), answer(2, 2, 2));
  stage.reopen();
  stage.link.enter({ epoch: 'e1', sent: '2' }, toBob(1, 1, 'one', client.device, 1));
  assert.deepEqual(shown(client), ['> one sent', '> two failed:lost']);
  assert.deepEqual(restarted(stage), shown(client));
  // From the receiver's copy, without the device and under another number; a message keeps its check.
  stage.link.receive(toBob(5, 2, 'two', undefined, undefined, place(5, place(2).split('-')[1])));
  assert.deepEqual(shown(client), ['> one sent', '> two sent']);
});

test('an own message that was moved is not lost', () => {
  const stage = enterStage();
  stage.client.send('bob', 'one');
  stage.link.receive(answer(1, 1, 1));
  stage.reopen();
  const moved = toBob(3, 2, 'one', undefined, undefined, place(3, place(1).split('-')[1]));
  stage.link.enter({ epoch: 'e1' }, fromBob(1, 1, 'bob 1', place(1, 'cccccc')), moved);
  assert.deepEqual(shown(stage.client), ['< bob 1', '> one sent']);
});
