/** Reads a play: a text that says who sends and who receives which documents. README.md tells its language. */

/** What a play may need besides accounts and one listener. */
export const NEEDS = ['admin', 'tcp', 'websocket', 'time', 'defaults'] as const;
export type Need = (typeof NEEDS)[number];

export type AdminAction = 'bans' | 'unbans' | 'removes' | 'ends the sessions of' | 'gives a new password to';

export type Leaving = 'drops' | 'half-closes' | 'resets';

export type Action =
  | { kind: 'connects'; actor: string; answersPings: boolean }
  | { kind: 'logs in'; actor: string }
  | { kind: 'logs in with version 2'; actor: string; isAgain: boolean; hasNoFriends: boolean }
  | { kind: 'overlooks'; actor: string; names: string[] }
  | { kind: 'sends'; actor: string; text: string; times: number; frame: 'text' | 'binary' }
  | { kind: 'receives'; actor: string; documents: string[]; order: 'given' | 'any' | 'one' }
  | { kind: 'receives echo' | 'receives nothing'; actor: string }
  | { kind: 'is closed'; actor: string; code?: number }
  | { kind: Leaving | 'is gone' | 'stops reading' | 'reads again'; actor: string }
  | { kind: 'passes'; seconds: number }
  | { kind: 'is taken'; user: string }
  | { kind: 'admin'; action: AdminAction; user: string };

/** One line of a play, and where it stands. */
export type Step = Action & { readonly line: number; readonly source: string };

export interface Play {
  readonly file: string;
  readonly title: string;
  /** Names with an account, and names that must have none. */
  readonly accounts: readonly string[];
  readonly strangers: readonly string[];
  readonly needs: ReadonlySet<Need>;
  readonly steps: readonly Step[];
}

type Rule = readonly [RegExp, (...parts: string[]) => Action];

const RULES: readonly Rule[] = [
  [/^(\S+) connects$/, (actor) => ({ kind: 'connects', actor, answersPings: true })],
  [/^(\S+) connects, answering no pings$/, (actor) => ({ kind: 'connects', actor, answersPings: false })],
  [/^(\S+) is logged in$/, (actor) => ({ kind: 'logs in', actor })],
  [
    /^(\S+@\S+) (is logged in with version 2|logs in with version 2|logs in again)$/,
    (actor, how) => {
      const isAgain = how === 'logs in again';
      return { kind: 'logs in with version 2', actor, isAgain, hasNoFriends: how!.startsWith('is') };
    },
  ],
  [/^(\S+) overlooks ([A-Z, ]+)$/, (actor, names) => ({ kind: 'overlooks', actor, names: names!.split(/, */) })],
  [/^(\S+) sends a binary frame (.+)$/, (actor, text) => ({ kind: 'sends', actor, text, times: 1, frame: 'binary' })],
  [
    /^(\S+) sends (\d+) times (.+)$/,
    (actor, times, text) => ({ kind: 'sends', actor, text, times: Number(times), frame: 'text' }),
  ],
  [/^(\S+) sends (.+)$/, (actor, text) => ({ kind: 'sends', actor, text, times: 1, frame: 'text' })],
  [/^(\S+) receives the echo$/, (actor) => ({ kind: 'receives echo', actor })],
  [/^(\S+) receives nothing$/, (actor) => ({ kind: 'receives nothing', actor })],
  [/^(\S+) receives in any order$/, (actor) => ({ kind: 'receives', actor, documents: [], order: 'any' })],
  [/^(\S+) receives one of$/, (actor) => ({ kind: 'receives', actor, documents: [], order: 'one' })],
  [
    /^(\S+) receives (\d+) times (<.+)$/,
    (actor, times, text) => ({
      kind: 'receives',
      actor,
      documents: new Array<string[]>(Number(times)).fill(text.split(' then ')).flat(),
      order: 'given',
    }),
  ],
  [/^(\S+) receives (<.+)$/, (actor, text) => ({ kind: 'receives', actor, documents: [text], order: 'given' })],
  [/^(\S+) is closed$/, (actor) => ({ kind: 'is closed', actor })],
  [/^(\S+) is closed with (\d+)$/, (actor, code) => ({ kind: 'is closed', actor, code: Number(code) })],
  [
    /^(\S+) (drops|half-closes|resets|is gone|stops reading|reads again)$/,
    (actor, kind) => ({ kind: kind as Leaving | 'is gone' | 'stops reading' | 'reads again', actor }),
  ],
  [/^(\d+) seconds pass$/, (seconds) => ({ kind: 'passes', seconds: Number(seconds) })],
  [/^the name (\S+) is taken$/, (user) => ({ kind: 'is taken', user })],
  [
    /^admin (bans|unbans|removes|ends the sessions of|gives a new password to) (\S+)$/,
    (action, user) => ({ kind: 'admin', action: action as AdminAction, user }),
  ],
];

/** Reads a play's text; throws `file:line: …` for a line it does not know. */
export function readPlay(file: string, text: string): Play {
  const header = { accounts: [] as string[], strangers: [] as string[], needs: [] as string[] };
  const steps: Step[] = [];
  for (const [index, source] of text.split('\n').entries()) {
    const line = index + 1;
    const content = source.replace(/(^|\s\s+)# .*$|^#$/, '').trimEnd();
    if (content === '') continue;
    const [, key, words] = /^(accounts|strangers|needs): (.+)$/.exec(content) ?? [];
    if (key) header[key as keyof typeof header].push(...words!.split(/[\s,]+/));
    else if (/^\s/.test(content)) addAlternative(steps, content.trim(), `${file}:${line}`);
    else steps.push({ ...readStep(content, `${file}:${line}`), line, source: content });
  }
  const strange = header.needs.find((need) => !(NEEDS as readonly string[]).includes(need));
  if (strange) throw new Error(`${file}: needs ${strange}: not known`);
  const title = /^# (.+)/.exec(text)?.[1] ?? file;
  return { file, title, ...header, needs: new Set(header.needs as Need[]), steps };
}

function readStep(content: string, place: string): Action {
  for (const [pattern, make] of RULES) {
    const match = pattern.exec(content);
    if (match) return make(...match.slice(1));
  }
  throw new Error(`${place}: not understood: ${content}`);
}

function addAlternative(steps: readonly Step[], content: string, place: string): void {
  const step = steps.at(-1);
  if (step?.kind !== 'receives' || step.order === 'given') throw new Error(`${place}: belongs to no list`);
  step.documents.push(content);
}

/**
 * The bytes a text stands for: `{x*20}` is x twenty times; `\n`, `\r`, `\t`, `\\` and `\u{1F600}` are characters,
 * `\xFF` is a byte.
 */
export function toBytes(text: string): Buffer {
  const spread = text.replace(/\{([^{}]+)\*(\d+)\}/g, (_, part: string, times: string) => part.repeat(Number(times)));
  const pieces = spread.split(/(\\x[0-9A-Fa-f]{2}|\\u\{[0-9A-Fa-f]+\}|\\.)/);
  return Buffer.concat(pieces.map((piece) => (piece.startsWith('\\') ? unescape(piece) : Buffer.from(piece))));
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '\\': '\\', s: ' ' };

function unescape(piece: string): Buffer {
  const kind = piece.charAt(1);
  if (kind === 'x') return Buffer.from([Number.parseInt(piece.slice(2), 16)]);
  if (kind === 'u') return Buffer.from(String.fromCodePoint(Number.parseInt(piece.slice(3, -1), 16)));
  const character = ESCAPES[kind];
  if (character === undefined) throw new Error(`no such escape: ${piece}`);
  return Buffer.from(character);
}
