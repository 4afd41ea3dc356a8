/** What a writer must write: one table for Node and the browser. */

import type { ClientDocument, EntryDocument, ServerDocument } from '../../protocol/documents.ts';

/** A document and its text. */
export interface WrittenVector<T> {
  document: T;
  text: string;
}

export const WRITTEN: readonly WrittenVector<ClientDocument>[] = [
  { document: { name: 'LOGIN', user: 'me', pass: 'x' }, text: '<LOGIN user="me" pass="x"/>' },
  { document: { name: 'LOGIN' }, text: '<LOGIN/>' },
  { document: { name: 'LOGIN', pass: 'x' }, text: '<LOGIN pass="x"/>' },
  { document: { name: 'LOGOUT', user: 'me' }, text: '<LOGOUT user="me"/>' },
  {
    document: { name: 'MESSAGE', from: 'me', to: 'you', text: 'Hi' },
    text: '<MESSAGE from="me" to="you">Hi</MESSAGE>',
  },
  { document: { name: 'MESSAGE', from: 'me', to: 'you', text: '' }, text: '<MESSAGE from="me" to="you"></MESSAGE>' },
  { document: { name: 'MESSAGE', text: 'Hi' }, text: '<MESSAGE>Hi</MESSAGE>' },
  {
    document: { name: 'MESSAGE', from: `\t\n\r<>&"'é😀`, to: '&amp;', text: `\t\n\r<>&"'é😀]]>&#9;` },
    text:
      `<MESSAGE from="&#9;&#10;&#13;&lt;&gt;&amp;&quot;'é😀" to="&amp;amp;">` +
      `\t\n&#13;&lt;&gt;&amp;"'é😀]]&gt;&amp;#9;</MESSAGE>`,
  },
  { document: { name: 'STATUS', user: 'me', type: 'set', code: '1' }, text: '<STATUS user="me" type="set" code="1"/>' },
  { document: { name: 'STATUS', user: 'me', type: 'list' }, text: '<STATUS user="me" type="list"/>' },
  {
    document: { name: 'FRIEND', user: 'me', type: 'add', friend: 'you' },
    text: '<FRIEND user="me" type="add" friend="you"/>',
  },
  {
    document: { name: 'FRIEND', user: 'me', type: 'deny', other: 'you' },
    text: '<FRIEND user="me" type="deny" other="you"/>',
  },
  { document: { name: 'ALIVE' }, text: '<ALIVE/>' },
  {
    document: {
      ...{ name: 'LOGIN', user: 'me', token: 'me~d~x', version: '2', device: 'd', label: '"<Me & you>"' },
      ...{ epoch: '83c1f2', after: '41-09ab3c', marks: '7', status: '0' },
    },
    text:
      '<LOGIN user="me" token="me~d~x" version="2" device="d" label="&quot;&lt;Me &amp; you&gt;&quot;" ' +
      'epoch="83c1f2" after="41-09ab3c" marks="7" status="0"/>',
  },
  {
    document: { name: 'LOGIN', user: 'me', pass: 'x', version: '2', device: 'd' },
    text: '<LOGIN user="me" pass="x" version="2" device="d"/>',
  },
  {
    document: { name: 'MESSAGE', id: '7', from: 'me', to: 'you', text: 'Hi' },
    text: '<MESSAGE id="7" from="me" to="you">Hi</MESSAGE>',
  },
  { document: { name: 'ACK', at: '41-09ab3c' }, text: '<ACK at="41-09ab3c"/>' },
  { document: { name: 'ACK' }, text: '<ACK/>' },
  { document: { name: 'READ', with: 'you', upto: '5' }, text: '<READ with="you" upto="5"/>' },
  { document: { name: 'LOG', before: '41-09ab3c', limit: '50' }, text: '<LOG before="41-09ab3c" limit="50"/>' },
  { document: { name: 'LOG' }, text: '<LOG/>' },
  { document: { name: 'TYPING', from: 'me', to: 'you' }, text: '<TYPING from="me" to="you"/>' },
  { document: { name: 'BLOCK', user: 'you' }, text: '<BLOCK user="you"/>' },
  { document: { name: 'UNBLOCK', user: `<&"'>` }, text: `<UNBLOCK user="&lt;&amp;&quot;'&gt;"/>` },
];

/** An entry of each kind, and what stands for it in a LOG too. */
const ENTRIES: readonly WrittenVector<EntryDocument>[] = [
  {
    document: {
      ...{ name: 'MESSAGE', at: '41-09ab3c', time: '2026-03-01T09:30:00.000Z', n: '5', from: 'you', to: 'me' },
      text: '<Hi> & "bye"]]>',
    },
    text:
      '<MESSAGE at="41-09ab3c" time="2026-03-01T09:30:00.000Z" n="5" from="you" to="me">' +
      '&lt;Hi&gt; &amp; "bye"]]&gt;</MESSAGE>',
  },
  {
    document: {
      ...{ name: 'MESSAGE', id: '7', at: '42-83c1f2', time: '2026-03-01T09:30:01.000Z', n: '6', from: 'me', to: 'you' },
      ...{ device: 'd', text: '' },
    },
    text:
      '<MESSAGE id="7" at="42-83c1f2" time="2026-03-01T09:30:01.000Z" n="6" from="me" to="you" device="d">' +
      '</MESSAGE>',
  },
  ...(['invite', 'accept', 'deny', 'delete'] as const).map((type) => ({
    document: {
      name: 'FRIEND',
      at: '43-0c5e77',
      time: '2026-03-01T09:30:02.000Z',
      type,
      to: 'me',
      from: 'you',
    } as const,
    text: `<FRIEND at="43-0c5e77" time="2026-03-01T09:30:02.000Z" type="${type}" to="me" from="you"/>`,
  })),
];

export const WRITTEN_BY_GATEWAY: readonly WrittenVector<ServerDocument>[] = [
  { document: { name: 'LOGIN', user: 'me', result: '1' }, text: '<LOGIN user="me" result="1"/>' },
  { document: { name: 'LOGOUT', result: '0' }, text: '<LOGOUT result="0"/>' },
  { document: { name: 'LOGOUT', user: 'username', result: '1' }, text: '<LOGOUT user="username" result="1"/>' },
  { document: { name: 'MESSAGE', result: '-1' }, text: '<MESSAGE result="-1"/>' },
  { document: { name: 'STATUS', type: 'get', result: '0' }, text: '<STATUS type="get" result="0"/>' },
  { document: { name: 'STATUS', result: '0' }, text: '<STATUS result="0"/>' },
  {
    document: {
      name: 'STATUSLIST',
      statuses: [
        { id: 0, name: 'Online' },
        { id: 1, name: 'Away & <out>' },
      ],
    },
    text: '<STATUSLIST><STATUS id="0">Online</STATUS><STATUS id="1">Away &amp; &lt;out&gt;</STATUS></STATUSLIST>',
  },
  { document: { name: 'FRIEND', type: 'add', result: '1' }, text: '<FRIEND type="add" result="1"/>' },
  {
    document: { name: 'FRIEND', type: 'invite', to: 'user', from: 'newFriend' },
    text: '<FRIEND type="invite" to="user" from="newFriend"/>',
  },
  {
    document: {
      name: 'FRIENDS',
      friends: [
        { user: 'Friend1', status: 0 },
        { user: 'Friend2', status: -1 },
      ],
    },
    text: '<FRIENDS><USER status="0">Friend1</USER><USER status="-1">Friend2</USER></FRIENDS>',
  },
  { document: { name: 'FRIENDS', friends: [] }, text: '<FRIENDS/>' },
  {
    document: { name: 'ERROR', code: 'idle', text: 'Say "ALIVE".' },
    text: '<ERROR code="idle" text="Say &quot;ALIVE&quot;."/>',
  },
  {
    document: {
      ...{ name: 'LOGIN', user: 'me', token: 'me~d~x', version: '2', result: '1', epoch: '0', after: '41-09ab3c' },
      ...{ first: '1-0c5e77', head: '43-83c1f2', sent: '6', marks: '12' },
    },
    text:
      '<LOGIN user="me" token="me~d~x" version="2" result="1" epoch="0" after="41-09ab3c" ' +
      'first="1-0c5e77" head="43-83c1f2" sent="6" marks="12"/>',
  },
  {
    document: { name: 'LOGIN', user: 'me', version: '2', result: '1', epoch: '0', sent: '0', marks: '0' },
    text: '<LOGIN user="me" version="2" result="1" epoch="0" sent="0" marks="0"/>',
  },
  {
    document: {
      ...{ name: 'MESSAGE', id: '7', result: '-1', at: '42-83c1f2', time: '2026-03-01T09:30:01.000Z', n: '6' },
    },
    text: '<MESSAGE id="7" result="-1" at="42-83c1f2" time="2026-03-01T09:30:01.000Z" n="6"/>',
  },
  {
    document: { name: 'MESSAGE', id: '8', result: '0', reason: 'unknown' },
    text: '<MESSAGE id="8" result="0" reason="unknown"/>',
  },
  ...ENTRIES,
  {
    document: {
      ...{ name: 'LOG', first: '1-0c5e77', head: '43-83c1f2', entries: ENTRIES.map(({ document }) => document) },
    },
    text: `<LOG first="1-0c5e77" head="43-83c1f2">${ENTRIES.map(({ text }) => text).join('')}</LOG>`,
  },
  { document: { name: 'LOG', entries: [] }, text: '<LOG/>' },
  {
    document: { name: 'MARK', with: 'you', delivered: '6', read: '5', seen: '4', v: '13' },
    text: '<MARK with="you" delivered="6" read="5" seen="4" v="13"/>',
  },
  {
    document: {
      ...{ name: 'MARK', with: 'you', delivered: '6', read: '5', seen: '4', refused: '3-5 9-9', blocked: '1', v: '13' },
    },
    text: '<MARK with="you" delivered="6" read="5" seen="4" refused="3-5 9-9" blocked="1" v="13"/>',
  },
  { document: { name: 'MARK', v: '1767225600000' }, text: '<MARK v="1767225600000"/>' },
  {
    document: {
      name: 'FRIENDS',
      friends: [
        { user: 'Friend1', status: 0, since: '2026-03-01T09:30:00.000Z' },
        { user: 'Friend2', status: -1 },
      ],
    },
    text:
      '<FRIENDS><USER status="0" since="2026-03-01T09:30:00.000Z">Friend1</USER>' +
      '<USER status="-1">Friend2</USER></FRIENDS>',
  },
  {
    document: { name: 'PRESENCE', user: 'you', status: '-1', since: '2026-03-01T09:30:00.000Z' },
    text: '<PRESENCE user="you" status="-1" since="2026-03-01T09:30:00.000Z"/>',
  },
  { document: { name: 'PRESENCE', user: 'you', status: '2' }, text: '<PRESENCE user="you" status="2"/>' },
  { document: { name: 'TYPING', from: 'you', to: 'me' }, text: '<TYPING from="you" to="me"/>' },
  { document: { name: 'BLOCK', user: 'you', result: '1' }, text: '<BLOCK user="you" result="1"/>' },
  { document: { name: 'UNBLOCK', result: '0' }, text: '<UNBLOCK result="0"/>' },
  { document: { name: 'RECONNECT', within: '30' }, text: '<RECONNECT within="30"/>' },
  { document: { name: 'ALIVE' }, text: '<ALIVE/>' },
  {
    document: { name: 'ERROR', code: 'id-used', id: '7', text: 'a & b' },
    text: '<ERROR code="id-used" id="7" text="a &amp; b"/>',
  },
];
