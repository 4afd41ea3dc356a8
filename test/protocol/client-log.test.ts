/** A client compares what it holds when the log is another, and reads older pages: no entry twice, none missing. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryStorage } from '../../protocol/client.ts';
import type { EntryDocument, ServerDocument } from '../../protocol/documents.ts';
import { brief, createStage, enterStage, fromBob, mark, place, shown, time, toBob, welcome } from './client-stage.ts';
import type { Stage } from './client-stage.ts';

function friends(): ServerDocument {
  return { name: 'FRIENDS', friends: [] };
}

/** What another client would find in the storage of this one. */
function restarted(stage: Stage): string[] {
  return shown(createStage({ storage: stage.storage }).client);
}

function log(first: string, head: string, ...entries: ServerDocument[]): ServerDocument {
  return { name: 'LOG', first, head, entries: entries as EntryDocument[] };
}

test('another epoch: the page replaces everything from its first entry on', () => {
  const stage = enterStage();
  stage.link.receive(fromBob(1, 1), fromBob(2, 2), fromBob(3, 3), fromBob(4, 4));
  stage.reopen();
  const other = fromBob(3, 3, 'bob 3', place(3, 'aaaaaa'));
  stage.link.receive(welcome({ epoch: 'e1', first: place(1), head: place(5) }), fromBob(2, 2), other);
  assert.deepEqual(shown(stage.client).length, 4, 'not before all has come');
  stage.link.receive(fromBob(5, 5), friends());
  assert.deepEqual(shown(stage.client), ['< bob 1', '< bob 2', '< bob 3', '< bob 5']);
  assert.deepEqual(restarted(stage), shown(stage.client));
  assert.deepEqual(stage.news, ['bob 1', 'bob 2', 'bob 3', 'bob 4', 'bob 5']);
  assert.deepEqual(brief(stage.link.take()), [`ACK ${place(5)}`]);
  const login = stage.reopen();
  assert.deepEqual([login?.epoch, login?.after, login?.marks], ['e1', place(5), '0']);
});

test('what stands in another place is held once, wherever it was', () => {
  const stage = enterStage();
  stage.link.receive(fromBob(1, 1), fromBob(2, 2), fromBob(3, 3));
  stage.reopen();
  stage.link.receive(welcome({ epoch: 'e1' }), fromBob(9, 2, 'bob 2', place(9, 'bbbbbb')), fromBob(10, 4), friends());
  assert.deepEqual(shown(stage.client), ['< bob 1', '< bob 3', '< bob 2', '< bob 4']);
  assert.deepEqual(stage.news, ['bob 1', 'bob 2', 'bob 3', 'bob 4']);
});

test('a message may have its place again under another n, and another message its n', () => {
  const stage = enterStage();
  stage.link.receive(toBob(1, 1, 'one'), toBob(2, 2, 'two'), toBob(3, 3, 'three'));
  stage.reopen();
  const page = [
    toBob(1, 1, 'one'),
    fromBob(2, 1, 'bob 1', place(2, 'aaaaaa')),
    toBob(3, 2, 'three'),
    toBob(4, 3, 'four'),
  ];
  stage.link.receive(welcome({ epoch: 'e1' }), ...page, friends());
  assert.deepEqual(shown(stage.client), ['> one sent', '< bob 1', '> three sent', '> four sent']);
  assert.deepEqual(restarted(stage), shown(stage.client));
});

test('the connection breaks in the middle of the comparison: what is held stays, and is compared again', () => {
  const stage = enterStage();
  stage.link.receive(fromBob(1, 1), fromBob(2, 2));
  stage.reopen();
  stage.link.receive(welcome({ epoch: 'e1' }), fromBob(1, 1, 'bob 1', place(1, 'aaaaaa')));
  const login = stage.reopen();
  assert.deepEqual([login?.epoch, login?.after], ['0', place(2)]);
  assert.deepEqual(shown(stage.client), ['< bob 1', '< bob 2']);
  stage.link.enter({ epoch: 'e1' }, fromBob(1, 1, 'bob 1', place(1, 'aaaaaa')));
  assert.deepEqual(shown(stage.client), ['< bob 1']);
});

test('the same epoch without the place, which is too old: older entries stay, pages fill the gap', () => {
  const stage = enterStage();
  stage.link.receive(fromBob(1, 1), fromBob(2, 2));
  stage.reopen();
  stage.link.enter({ first: place(3), head: place(7) }, fromBob(6, 6), fromBob(7, 7));
  stage.link.take();
  assert.deepEqual(shown(stage.client), ['< bob 1', '< bob 2', '< bob 6', '< bob 7']);
  assert.equal(stage.client.hasOlder, true);
  const outcomes: string[] = [];
  stage.client.loadOlder((outcome) => outcomes.push(outcome));
  assert.deepEqual(stage.link.take(), [{ name: 'LOG', before: place(6), limit: '50' }]);
  stage.link.receive(log(place(3), place(7), fromBob(3, 3), fromBob(4, 4), fromBob(5, 5)));
  assert.deepEqual(outcomes, ['done']);
  assert.equal(stage.client.hasOlder, false);
  assert.deepEqual(
    shown(stage.client),
    [1, 2, 3, 4, 5, 6, 7].map((n) => `< bob ${n}`),
  );
  assert.deepEqual(stage.news, ['bob 1', 'bob 2', 'bob 6', 'bob 7'], 'what is old is no news');
  assert.deepEqual(restarted(stage), shown(stage.client));
});

test('within an epoch nothing is dropped that the first connection brought while the second one entered', () => {
  const stage = enterStage();
  const [old] = stage.links;
  old!.receive({ name: 'RECONNECT', within: '10' });
  assert.equal(stage.link.open()?.after, undefined);
  old!.receive(fromBob(1, 1), fromBob(2, 2), fromBob(3, 3));
  stage.link.receive(welcome({ first: place(1), head: place(2) }), fromBob(1, 1), fromBob(2, 2));
  stage.link.receive(friends());
  assert.deepEqual(shown(stage.client), ['< bob 1', '< bob 2', '< bob 3']);
  assert.deepEqual(brief(stage.link.take()), [`ACK ${place(3)}`]);
  stage.link.receive(fromBob(3, 3));
  assert.deepEqual(brief(stage.link.take()), [`ACK ${place(3)}`], 'only now it counts on this connection');
  assert.deepEqual(stage.news, ['bob 1', 'bob 2', 'bob 3']);
});

test('older pages are asked for before the oldest one, and end', () => {
  const stage = createStage();
  stage.client.logIn('alice', 'x');
  stage.link.open();
  stage.link.enter({ first: place(1), head: place(9) }, fromBob(9, 9));
  stage.link.take();
  stage.client.loadOlder();
  stage.link.receive(log(place(1), place(9), fromBob(7, 7), fromBob(8, 8)));
  let outcome = '';
  stage.client.loadOlder((is) => (outcome = is));
  assert.deepEqual(stage.link.take().at(-1), { name: 'LOG', before: place(7), limit: '50' });
  stage.link.receive(log(place(1), place(9)));
  assert.equal(outcome, 'refused');
  assert.equal(stage.client.hasOlder, false);
});

test('an older page in another epoch replaces what was held of it', () => {
  const stage = enterStage();
  stage.link.receive(fromBob(1, 1), fromBob(2, 2), fromBob(3, 3), fromBob(4, 4));
  stage.reopen();
  stage.link.enter({ epoch: 'e1', first: place(1) }, fromBob(4, 4));
  stage.client.loadOlder();
  stage.link.receive(log(place(1), place(4), fromBob(1, 1), fromBob(3, 3, 'bob 3', place(3, 'aaaaaa'))));
  assert.deepEqual(shown(stage.client), ['< bob 1', '< bob 3', '< bob 4']);
});

test('ERROR epoch: comes back at once, and asks for all marks', () => {
  const stage = enterStage();
  stage.link.receive(mark(4, { delivered: '3' }));
  stage.link.receive({ name: 'ERROR', code: 'epoch', text: 'the log is another' });
  assert.equal(stage.links.length, 2);
  assert.equal(stage.links[0]!.isClosed, true);
  assert.equal(stage.link.open()?.marks, '0');
});

test('an empty log of another epoch: nothing is held any more', () => {
  const stage = enterStage();
  stage.link.receive(fromBob(1, 1));
  stage.reopen();
  stage.link.enter({ epoch: 'e1' });
  assert.deepEqual(shown(stage.client), []);
  const login = stage.reopen();
  assert.deepEqual([login?.epoch, login?.after], ['e1', undefined]);
  stage.link.enter({ epoch: 'e1' }, fromBob(1, 1, 'new', place(1, 'dddddd')));
  assert.deepEqual(shown(stage.client), ['< new']);
  assert.deepEqual(stage.news, ['bob 1', 'new']);
});

test('entries of one user stand in order, also changes of friendship and messages to oneself', () => {
  const stage = enterStage();
  const invite = { name: 'FRIEND', type: 'invite', from: 'Bob', to: 'alice', at: place(1), time: time(1) } as const;
  const note = {
    name: 'MESSAGE',
    from: 'alice',
    to: 'alice',
    at: place(2),
    time: time(2),
    n: '1',
    text: 'note',
  } as const;
  stage.link.receive(invite, note, fromBob(3, 1));
  assert.deepEqual(shown(stage.client), ['* invite', '< bob 1']);
  assert.deepEqual(shown(stage.client, 'Alice'), ['> note sent']);
  assert.equal(stage.client.conversation('alice').unread, 0);
  assert.deepEqual(stage.news, ['bob 1']);
});

test('a storage that dies between save and confirmation leaves a client that misses nothing', () => {
  const storage = new MemoryStorage();
  const stage = enterStage({ storage });
  const before = new Map(storage.kept);
  stage.link.receive(fromBob(1, 1), fromBob(2, 2));
  const again = createStage({ storage: new MemoryStorage(), kept: before });
  again.client.start();
  const login = again.link.open();
  assert.equal(login?.after, undefined);
  again.link.enter({}, fromBob(1, 1), fromBob(2, 2));
  assert.deepEqual(shown(again.client), ['< bob 1', '< bob 2']);
});
