/** Valid documents, and what becomes of them: seeded random damage. */

import type { Random } from '../../helpers/random.ts';

/** What has broken readers before, or is at an edge. */
const NASTY = [
  '<',
  '>',
  '&',
  '"',
  "'",
  '/',
  '=',
  '\0',
  '\t',
  '\n',
  '\r',
  ']]>',
  '<![CDATA[',
  '-->',
  '<!--',
  '<?',
  '?>',
  '<?xml version="1.0"?>',
  '<!DOCTYPE a>',
  '<!',
  '</',
  '/>',
  '&#0;',
  '&#xD800;',
  '&#38;',
  '&amp;',
  '&nbsp;',
  '&',
  'hasOwnProperty="1"',
  '__proto__',
  'constructor',
  'user="x"',
  'USER="x"',
  ' type="add"',
  '</stream>',
  '</MESSAGE>',
  '<MESSAGE>',
  '<a>',
  '</a>',
  '\u{FEFF}',
  '\u{FFFE}',
  '😀',
  'é',
  '-1',
  '99999999999999999999',
  'xmlns:a="b"',
  'result="1"',
  ' '.repeat(50),
  'a'.repeat(200),
  '<b/>'.repeat(20),
];
/** What a value or a text may be, and hardly ever is. */
const VALUES = [
  '',
  ' ',
  'x',
  '-1',
  '00',
  '1e9',
  '99999999999999999999',
  '.',
  '..',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  'ATTACKER1',
  'LIST',
  'Get',
  'request',
  'a|b',
  '{a}',
  '\u{212A}',
  '😀',
  '&#x1F600;',
  '&#10;',
  '&lt;&amp;',
  '%00',
  'a'.repeat(33),
  'é'.repeat(300),
];
/** Bytes no UTF-8 text has, or only in pairs. */
const BROKEN = [0x00, 0x80, 0xbf, 0xc0, 0xc3, 0xe2, 0xed, 0xf0, 0xf5, 0xfe, 0xff];

/** A valid document of one of these users. */
export function makeDocument(random: Random, user: string, users: readonly string[]): string {
  const other = random.pick(users);
  const text = random.text(random.int(40), 'abc äöü 漢 0123 .,;');
  return random.pick([
    `<MESSAGE from="${user}" to="${other}">${text}</MESSAGE>`,
    `<MESSAGE from="${user}" to="${other}">${text}<![CDATA[${text}]]>&lt;&#65;</MESSAGE>`,
    `<?xml version="1.0" encoding="UTF-8"?>\n<MESSAGE to='${other}' from='${user}'>${text}</MESSAGE>`,
    `<LOGIN user="${other}" pass="00112233445566778899aabbccddeeff"/>`,
    `<STATUS user="${user}" type="get"/>`,
    `<STATUS user="${user}" type="set" code="${random.int(5)}"/>`,
    `<STATUS user="${user}" type="list"/>`,
    `<FRIEND user="${user}" type="add" friend="${other}"/>`,
    `<FRIEND user="${user}" type="delete" friend="${other}"/>`,
    `<FRIEND user="${user}" type="accept" other="${other}"/>`,
    `<FRIEND user="${user}" type="deny" other="${other}"/>`,
    `<FRIEND user="${user}" type="request"></FRIEND>`,
    `<LOGOUT user="${other}"/>`,
    `<HELLO><WORLD n="1">${text}</WORLD><!-- ${text} --></HELLO>`,
    '<ALIVE/>',
  ]);
}

/** The document with one to three wounds; or, twice as often, with scratches: well-formed ones get further. */
export function mutate(random: Random, document: string): Buffer {
  const injure = random.chance(1 / 3) ? wound : scratch;
  let bytes: Buffer = Buffer.from(document);
  for (let count = 1 + random.int(3); count > 0; count--) bytes = injure(random, bytes);
  return bytes;
}

/** Changes a value or a text, or writes a name in another case. */
function scratch(random: Random, bytes: Buffer): Buffer {
  const text = bytes.toString('utf8');
  const values = [...text.matchAll(/(?<=")[^"<>]*(?=")|(?<=>)[^<>]+(?=<)| (user|type|to|from)=/g)];
  const { 0: old, index } = random.pick<{ 0: string; index: number }>(
    values.length > 0 ? values : [{ 0: '', index: 1 }],
  );
  const value = random.pick(VALUES);
  const changed = old.endsWith('=') ? old.toUpperCase() : random.pick([old + value, value, old.slice(1)]);
  return Buffer.from(text.slice(0, index) + changed + text.slice(index + old.length));
}

function wound(random: Random, bytes: Uint8Array): Buffer {
  const at = random.int(bytes.length + 1);
  const upto = Math.min(bytes.length, at + 1 + random.int(8));
  const before = bytes.subarray(0, at);
  const piece = bytes.subarray(at, upto);
  const after = bytes.subarray(upto);
  const changes: (() => Uint8Array[])[] = [
    () => [before, after],
    () => [before, piece, piece, after],
    () => [before, Buffer.from(random.pick(NASTY)), piece, after],
    () => [before, Buffer.from(random.pick(NASTY)), after],
    () => [before, Buffer.from([random.pick(BROKEN)]), piece, after],
    () => [before, piece.map((byte) => byte ^ (1 << random.int(8))), after],
    () => [before, Buffer.from(piece).reverse(), after],
    () => [before, piece.map((byte) => (byte >= 0x41 && byte <= 0x7a ? byte ^ 0x20 : byte)), after],
    () => [after, before],
    () => [before],
  ];
  return Buffer.concat(random.pick(changes)());
}
