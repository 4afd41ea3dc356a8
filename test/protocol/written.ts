/** What a writer must write: one table for Node and the browser. */

import type { ClientDocument, ServerDocument } from '../../protocol/documents.ts';

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
];
