/** Which names someone may mean who has typed a part of one. */

/** The letters of a name that fit, as [from, to) in it, in order. */
export type Fit = readonly (readonly [number, number])[];

interface Match {
  /** The lower, the closer. */
  readonly rank: number;
  readonly fit: Fit;
}

export interface Found<T> {
  readonly item: T;
  readonly fit: Fit;
}

/** Those that fit, the closest first, else in the order they come in; all of them where nothing was typed. */
export function findMatches<T>(items: readonly T[], nameOf: (item: T) => string, typed: string): readonly Found<T>[] {
  const wanted = fold(typed.trim());
  if (wanted === '') return items.map((item) => ({ item, fit: [] }));
  return items
    .flatMap((item) => {
      const match = matchName(fold(nameOf(item)), wanted);
      return match === undefined ? [] : [{ item, ...match }];
    })
    .sort((a, b) => a.rank - b.rank)
    .map(({ item, fit }) => ({ item, fit }));
}

function fold(text: string): string {
  return text.toLowerCase();
}

/** The beginning of the name, of a word in it, anything in it, or its letters one after the other. */
function matchName(name: string, wanted: string): Match | undefined {
  if (name === wanted) return { rank: 0, fit: [[0, name.length]] };
  if (name.startsWith(wanted)) return { rank: 1, fit: [[0, wanted.length]] };
  const words = [...name.matchAll(/[._-]+/g)].map(({ index, 0: sign }) => index + sign.length);
  const word = words.find((start) => name.startsWith(wanted, start));
  if (word !== undefined) return { rank: 2, fit: [[word, word + wanted.length]] };
  const start = name.indexOf(wanted);
  if (start >= 0) return { rank: 3, fit: [[start, start + wanted.length]] };
  const fit = matchLetters(name, wanted);
  return fit && { rank: 4, fit };
}

function matchLetters(name: string, wanted: string): Fit | undefined {
  const fit: [number, number][] = [];
  let from = 0;
  for (const letter of wanted) {
    const at = name.indexOf(letter, from);
    if (at < 0) return undefined;
    from = at + letter.length;
    const last = fit.at(-1);
    if (last?.[1] === at) last[1] = from;
    else fit.push([at, from]);
  }
  return fit;
}

export interface Piece {
  readonly text: string;
  readonly isFit: boolean;
}

/** A name in pieces: what fits, and what is between. */
export function cut(name: string, fit: Fit): readonly Piece[] {
  const edges = [0, ...fit.flat(), name.length];
  const pieces = edges.slice(1).map((to, index) => ({ text: name.slice(edges[index], to), isFit: index % 2 === 1 }));
  return pieces.filter(({ text }) => text !== '');
}
