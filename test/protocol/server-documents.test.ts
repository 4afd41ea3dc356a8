/** Which document of the gateway an element is: what it cannot do without, and what it ignores. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServerDocument } from '../../protocol/documents.ts';
import { DocumentReader } from '../../protocol/reader.ts';
import { toServerDocument } from '../../protocol/server-documents.ts';
import { withoutUndefined } from './reading.ts';
import { WRITTEN_BY_GATEWAY } from './written.ts';

function read(text: string): ServerDocument | undefined {
  const { documents, error } = new DocumentReader(1_000_000).read(text);
  assert.equal(error, undefined, text);
  return toServerDocument(documents[0]!.element);
}

const INCOMPLETE = [
  '<LOGIN user="me" version="2"/>',
  '<LOGOUT user="me"/>',
  '<MESSAGE from="you">Hi</MESSAGE>',
  '<MESSAGE to="me">Hi</MESSAGE>',
  '<MESSAGE id="1" at="1-09ab3c" n="1">Hi</MESSAGE>',
  '<STATUS type="get"/>',
  '<FRIEND type="add"/>',
  '<FRIEND type="invite" to="me"/>',
  '<FRIEND type="invite" from="you"/>',
  '<FRIEND to="me" from="you"/>',
  '<FRIEND type="request" to="me" from="you"/>',
  '<ERROR text="a"/>',
  '<MARK delivered="1" read="1" seen="1"/>',
  '<MARK with="you" delivered="1" read="1" seen="1"/>',
  '<PRESENCE status="0"/>',
  '<PRESENCE user="you"/>',
  '<TYPING from="you"/>',
  '<TYPING to="me"/>',
  '<BLOCK user="you"/>',
  '<UNBLOCK user="you"/>',
];

for (const text of INCOMPLETE) {
  test(`is no document of the gateway: ${text}`, () => assert.equal(read(text), undefined));
}

test('knows no other names, also not those that objects have', () => {
  const names = ['X', 'USER', 'ACK', 'READ', 'constructor', '__proto__', 'toString', 'hasOwnProperty'];
  for (const name of names) assert.equal(read(`<${name} result="1" from="you" to="me"/>`), undefined, name);
});

test('reads names of elements and attributes, and the type of an entry, in any case', () => {
  assert.deepEqual(withoutUndefined(read('<friend AT="1-09ab3c" Type="ACCEPT" tO="me" from="You"/>')), {
    ...{ name: 'FRIEND', at: '1-09ab3c', type: 'accept', to: 'me', from: 'You' },
  });
  assert.deepEqual(withoutUndefined(read('<mark WITH="You" v="1"/>')), {
    ...{ name: 'MARK', with: 'You', delivered: '0', read: '0', seen: '0', v: '1' },
  });
});

test('ignores attributes that a document does not have', () => {
  for (const { document, text } of WRITTEN_BY_GATEWAY) {
    const more = text.replace(/^<[A-Z]+/, '$& later="1" __proto__="2" constructor="3"');
    assert.deepEqual(withoutUndefined(read(more)), document, more);
  }
});

test('with a result it is an answer, whatever else it says', () => {
  assert.deepEqual(withoutUndefined(read('<MESSAGE result="1" id="7" from="you" to="me">Hi</MESSAGE>')), {
    ...{ name: 'MESSAGE', id: '7', result: '1' },
  });
  assert.deepEqual(withoutUndefined(read('<FRIEND type="accept" result="1" from="you" to="me"/>')), {
    ...{ name: 'FRIEND', type: 'accept', result: '1' },
  });
});

test('a LOG holds its entries in order, and leaves out what is none', () => {
  const log = read(
    '<LOG head="3-09ab3c">text<MESSAGE at="1-83c1f2" from="a" to="b">1</MESSAGE><NEWS at="2-0c5e77"/>' +
      '<MESSAGE at="2-0c5e77" from="a"/><LOG><MESSAGE from="a" to="b">inside</MESSAGE></LOG>' +
      '<FRIEND at="3-09ab3c" type="deny" to="b" from="a"/><FRIEND type="later" to="b" from="a"/></LOG>',
  );
  assert.deepEqual(withoutUndefined(log), {
    name: 'LOG',
    head: '3-09ab3c',
    entries: [
      { name: 'MESSAGE', at: '1-83c1f2', from: 'a', to: 'b', text: '1' },
      { name: 'FRIEND', at: '3-09ab3c', type: 'deny', to: 'b', from: 'a' },
    ],
  });
});
