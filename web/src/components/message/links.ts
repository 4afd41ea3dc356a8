/** Finds the addresses in a text: http, https and bare domains, and only where what one reads is where one gets to. */

import { LinkifyIt } from 'linkify-it';
import type { Link } from './segments.ts';

/** Ends of bare domains, besides those of two letters and the few that the library knows. */
const TLDS = [
  ...[
    'app',
    'art',
    'bank',
    'blog',
    'cafe',
    'chat',
    'cloud',
    'club',
    'codes',
    'design',
    'dev',
    'eco',
    'email',
    'events',
  ],
  ...['fun', 'games', 'gmbh', 'group', 'guide', 'health', 'help', 'house', 'jobs', 'legal', 'life', 'link', 'live'],
  ...['media', 'mobi', 'money', 'network', 'news', 'ngo', 'one', 'online', 'page', 'photos', 'rocks', 'school'],
  ...['site', 'social', 'software', 'space', 'store', 'studio', 'systems', 'team', 'tech', 'tel', 'today', 'tools'],
  ...['top', 'travel', 'video', 'wiki', 'work', 'works', 'world', 'xyz', 'zone'],
];
/** Marks that turn the direction of what follows: a way to make an address look like another. */
const TURNING = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/;
const SAFE: readonly string[] = ['http:', 'https:'];

const linkify = new LinkifyIt({ fuzzyLink: true, fuzzyEmail: false, fuzzyIP: false });
linkify.add('ftp:', null).add('mailto:', null).add('//', null).tlds(TLDS, true);

/** The addresses in a text, in order. */
export function findLinks(text: string): readonly Link[] {
  return (linkify.match(text) ?? []).flatMap(({ index, lastIndex, raw, schema }) => {
    const href = toAddress(schema === '' ? `https://${raw}` : raw);
    return href === undefined ? [] : [{ start: index, end: lastIndex, href }];
  });
}

/** Undefined for what no link may lead to. */
function toAddress(raw: string): string | undefined {
  if (TURNING.test(raw) || !URL.canParse(raw)) return undefined;
  const { protocol, username, password, href } = new URL(raw);
  // "https://bank.example@elsewhere.example" leads elsewhere.
  return SAFE.includes(protocol) && username === '' && password === '' ? href : undefined;
}
