/** A session of IMS 2: an answer stands for the entry, unless the log has another one there. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { ProtocolError } from '../../protocol/documents.ts';
import { createServices } from '../../gateway/create-services.ts';
import type { Entry, Look, OpenedSession, Place, Store } from '../../gateway/store/store.ts';
import type { Connection } from '../../gateway/transport/connection.ts';
import { Version2 } from '../../gateway/version-2.ts';
import { createParts } from './listening.ts';

function entry(place: Place, id?: number): Entry {
  const message = { time: 0, name: 'bob', n: 1, check: '000000', previous: '', text: place, place } as const;
  return id === undefined ? { ...message, kind: 'in' } : { ...message, kind: 'out', by: { device: 'phone', id } };
}

/** Alice's phone holds the log up to its second entry. */
function createStage() {
  const sent: string[] = [];
  const failures: string[] = [];
  const lost: string[] = [];
  const parts = createParts();
  Object.assign(parts.store, {
    noteLost: async (user, epoch, place) => void lost.push(`${user} ${epoch} ${place}`),
  } satisfies Partial<Store>);
  const version2 = new Version2({
    owner: { user: 'alice', name: 'alice', spelling: 'alice', session: 'here.1', generation: 1, device: 'phone' },
    connection: { transport: 'tcp', address: '127.0.0.1' } as Connection,
    services: createServices(parts),
    send: (documents) => void sent.push(...documents.map((document) => ('at' in document && document.at) || '')),
    fail: ({ code }: ProtocolError) => void failures.push(code),
  });
  version2.begin({ from: 2, device: { isResumed: true, epoch: '0', marks: 0 } } as unknown as OpenedSession);
  const answer = (id: number, place: Place): void => {
    version2.noteSending(id);
    version2.noteAnswer(place);
  };
  return { version2, sent, failures, lost, answer };
}

test('the entry of an answered message is not given again, and what stands around it is', () => {
  const { version2, sent, failures, answer } = createStage();
  answer(7, '4-bbbbbb');
  version2.deliver([entry('3-aaaaaa'), entry('4-bbbbbb', 7), entry('5-cccccc')]);
  assert.deepEqual([sent, failures], [['3-aaaaaa', '5-cccccc'], []]);
});

test('another entry in the place of an answered message ends the session: the log has lost its end', async () => {
  const { version2, sent, failures, lost, answer } = createStage();
  answer(7, '4-bbbbbb');
  version2.deliver([entry('3-aaaaaa')]);
  version2.deliver([entry('4-cccccc')]);
  version2.deliver([entry('5-dddddd')]);
  version2.tailLost('3-aaaaaa');
  await turn();
  assert.deepEqual([sent, failures, lost], [['3-aaaaaa'], ['epoch'], ['alice 0 4-bbbbbb']]);
});

test('another answer in the place of an answered message does so too', async () => {
  const { answer, failures, lost } = createStage();
  answer(7, '3-bbbbbb');
  answer(7, '3-bbbbbb');
  assert.deepEqual([failures, lost], [[], []]);
  answer(8, '3-cccccc');
  await turn();
  assert.deepEqual([failures, lost], [['epoch'], ['alice 0 3-bbbbbb']]);
});

test('an answered message that two looks do not find is lost', async () => {
  const { version2, answer, failures, lost } = createStage();
  const look = (head: Place): void => version2.compare({ epoch: '0', head, marks: 0 } as unknown as Look, false);
  answer(7, '3-bbbbbb');
  look('2-aaaaaa');
  look('3-bbbbbb');
  look('2-aaaaaa');
  assert.deepEqual(lost, []);
  look('2-aaaaaa');
  await turn();
  // The store tells of the new epoch, if it is lost.
  assert.deepEqual([failures, lost], [[], ['alice 0 3-bbbbbb']]);
  version2.pushed({ kind: 'epoch', epoch: 'abcdef' });
  assert.deepEqual(failures, ['epoch']);
});

test('an answer that repeats what was given long ago is compared with nothing', () => {
  const { version2, sent, failures, answer } = createStage();
  version2.deliver([entry('3-aaaaaa')]);
  answer(7, '2-bbbbbb');
  version2.deliver([entry('4-cccccc')]);
  assert.deepEqual([sent, failures], [['3-aaaaaa', '4-cccccc'], []]);
});
