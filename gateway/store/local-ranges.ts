/** Sets of numbers as ranges, of which the last are kept. */

/** Ascending, with holes between them. */
export type Ranges = readonly (readonly [first: number, last: number])[];

/** How many ranges are kept. */
const KEPT = 16;

export function hasNumber(ranges: Ranges, n: number): boolean {
  return ranges.some(([first, last]) => first <= n && n <= last);
}

export function addNumber(ranges: Ranges, n: number): Ranges {
  if (hasNumber(ranges, n)) return ranges;
  const before = ranges.filter(([, last]) => last < n);
  const after = ranges.filter(([first]) => first > n);
  const first = before.at(-1)?.[1] === n - 1 ? before.pop()![0] : n;
  const last = after[0]?.[0] === n + 1 ? after.shift()![1] : n;
  return [...before, [first, last] as const, ...after].slice(-KEPT);
}

/** As in a mark: `3-5 9-9`. */
export function formatRanges(ranges: Ranges): string {
  return ranges.map(([first, last]) => `${first}-${last}`).join(' ');
}

export function parseRanges(text: string): Ranges {
  if (text === '') return [];
  return text.split(' ').map((range) => range.split('-').map(Number) as [number, number]);
}
