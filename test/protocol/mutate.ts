/** Random small damage to a text of markup. */

import type { Random } from '../helpers/random.ts';

/** What markup is made of, and what breaks it. */
const PIECES = [
  ...`<>/&;'"=!?-[] \t\r\nAax1:.#`,
  ...['é', '\u00B7', '\u{10000}', '😀', '\uFFFD', '\uFEFF', '\x01', '\x7F', '\uFFFE'],
  ...['<A>', '</A>', '<A/>', '<B x="1">', '</B>', ' x="1"', ' X="2"', " y='2'", ' user="me"', ' USER="you"'],
  ...['<!--', '-->', '--', '<!---->', '<![CDATA[', ']]>', ']]', '<?', '?>', '<?a b?>', '<!', '<!DOCTYPE A>'],
  ...['<?xml version="1.0"?>', '<?xml', ' version="1.1"', ' encoding="UTF-8"', ' standalone="no"'],
  ...['&amp;', '&lt', '&#65;', '&#x41;', '&#0;', '&#xD800;', '&#x110000;', '&nbsp;', '&#', '&;', '&x'],
  ...[
    '</stream>',
    '__proto__',
    ' hasOwnProperty="1"',
    'xmlns:a="b"',
    Array.from({ length: 17 }, (_, n) => ` z${n}=""`).join(''),
  ],
];

const MUTATIONS: readonly ((text: string, at: number, random: Random) => string)[] = [
  (text, at, random) => text.slice(0, at) + random.pick(PIECES) + text.slice(at),
  (text, at, random) => text.slice(0, at) + random.pick(PIECES) + text.slice(at + 1),
  (text, at, random) => text.slice(0, at) + text.slice(at + 1 + random.int(3)),
  (text, at, random) => text.slice(0, at) + text.slice(at, at + random.int(12)) + text.slice(at),
  (text, at) => text.slice(0, at) + (text[at + 1] ?? '') + (text[at] ?? '') + text.slice(at + 2),
  (text, at) => text.slice(0, at) + switchCase(text[at] ?? '') + text.slice(at + 1),
];

/** The text after one to three random changes; never with a lone surrogate. */
export function mutate(text: string, random: Random): string {
  let mutated = text;
  for (let count = 1 + random.int(3); count > 0; count--) {
    mutated = random.pick(MUTATIONS)(mutated, random.int(mutated.length + 1), random);
  }
  return mutated.replace(/\p{Surrogate}/gu, '');
}

function switchCase(letter: string): string {
  return letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase();
}
