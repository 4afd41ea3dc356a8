/** The emoji that one can choose: their names in the page's language, search, and those used lately. */

import { remember, recall } from './keeping.ts';

export interface Emoji {
  readonly emoji: string;
  readonly annotation: string;
  readonly tags: readonly string[];
  readonly group: number;
  /** In other skin tones. */
  readonly skins?: readonly { readonly emoji: string; readonly tone: number | readonly number[] }[];
}

export const GROUPS = [
  ['faces', 0, '😀'],
  ['people', 1, '👋'],
  ['nature', 3, '🐶'],
  ['food', 4, '🍎'],
  ['places', 5, '🏠'],
  ['activities', 6, '⚽'],
  ['objects', 7, '💡'],
  ['symbols', 8, '🔣'],
  ['flags', 9, '🏁'],
] as const;

/** How many are remembered, and found at most. */
const MOST_RECENT = 24;
const MOST_FOUND = 120;
/** The newest version of Unicode's emoji that most devices can draw. */
const NEWEST = 15;

const RECENT = 'ims.emoji';
const TONE = 'ims.emoji.tone';

/** Loads them; rejects where that fails. */
export async function loadEmoji(language: string): Promise<readonly Emoji[]> {
  const response = await fetch(await addressOf(language));
  if (!response.ok) throw new Error(`emoji: ${response.status}`);
  const all = (await response.json()) as (Emoji & { readonly version: number })[];
  return all.filter(({ group, version }) => version <= NEWEST && GROUPS.some(([, number]) => number === group));
}

/** Those where each word of the text begins a word of a name or tag; better ones first. */
export function findEmoji(all: readonly Emoji[], text: string): readonly Emoji[] {
  const words = text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const found = all.flatMap((emoji) => {
    const names = emoji.annotation.toLocaleLowerCase().split(/[\s:,-]+/);
    const tags = emoji.tags.flatMap((tag) => tag.toLocaleLowerCase().split(/\s+/));
    const isFound = words.every((word) => [...names, ...tags].some((name) => name.startsWith(word)));
    if (!isFound) return [];
    return [{ emoji, rank: words.every((word) => names.some((name) => name.startsWith(word))) ? 0 : 1 }];
  });
  return found
    .sort((a, b) => a.rank - b.rank)
    .slice(0, MOST_FOUND)
    .map(({ emoji }) => emoji);
}

/** The emoji in a skin tone: 1 to 5; 0 for none. */
export function inTone({ emoji, skins = [] }: Emoji, tone: number): string {
  return skins.find((skin) => skin.tone === tone)?.emoji ?? emoji;
}

/** Those used lately, the last one first. */
export function recentEmoji(): readonly string[] {
  return (recall(RECENT) ?? '').split(' ').filter(Boolean);
}

export function noteEmoji(emoji: string): void {
  remember(RECENT, [emoji, ...recentEmoji().filter((other) => other !== emoji)].slice(0, MOST_RECENT).join(' '));
}

export function preferredTone(): number {
  return Number(recall(TONE) ?? 0);
}

export function preferTone(tone: number): void {
  remember(TONE, String(tone));
}

/** Of languages that nobody has named the emoji in, the English names. */
async function addressOf(language: string): Promise<string> {
  if (language === 'de') return (await import('emoji-picker-element-data/de/cldr/data.json?url')).default;
  return (await import('emoji-picker-element-data/en/cldr/data.json?url')).default;
}
