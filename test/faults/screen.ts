/** What a device shows, compared look by look: what was shown stays where it is, and what is new comes after it. */

import type { Conversation, Message } from '../../protocol/client.ts';

/** A message with its number. */
type Numbered = Message & { readonly n: number };

/**
 * twice: two items on one screen for one message.
 * order: numbers of a direction do not rise, or what was shown stands elsewhere.
 * hole: a number of the other user was left out.
 * gone: what was shown is not there any more.
 * told: somebody was told of a message twice.
 * out: a client gave up.
 * lost: not on a screen where it must be.
 */
export interface Fault {
  readonly kind: 'twice' | 'order' | 'hole' | 'gone' | 'told' | 'out' | 'lost';
  readonly what: string;
}

export class Screen {
  readonly faults: Fault[] = [];
  readonly #name: string;
  readonly #shown = new Map<string, readonly Numbered[]>();
  readonly #told = new Set<string>();

  /** `name`: whose screen it is, for people. */
  constructor(name: string) {
    this.#name = name;
  }

  /** Messages with a number, in the order in which they stand there. */
  get messages(): readonly Numbered[] {
    return [...this.#shown.values()].flat();
  }

  /** How many messages with a number are shown. */
  get size(): number {
    return [...this.#shown.values()].reduce((sum, { length }) => sum + length, 0);
  }

  /**
   * A conversation as it is shown now; gives what was not there before. `isCompared`: the log is another one than before, so
   * that what was shown may go.
   */
  look({ name, items }: Conversation, isCompared = false): readonly Message[] {
    const messages = items.filter((item): item is Message => item.kind === 'message');
    const numbered = messages.filter((message): message is Numbered => message.n !== undefined);
    const before = this.#shown.get(name) ?? [];
    this.#findTwice(messages);
    this.#findDisorder(numbered, isCompared);
    if (!isCompared) this.#findGone(before, numbered);
    this.#shown.set(name, numbered);
    const known = new Set(before.map(({ key }) => key));
    return numbered.filter(({ key }) => !known.has(key));
  }

  /** A sound, or a notification, for a message of another user. */
  tell({ from, text }: Message): void {
    if (this.#told.has(text)) this.fault('told', `twice of ${text} from ${from}`);
    this.#told.add(text);
  }

  /** The device is switched off: what it kept is shown when it is on again. */
  turnOff(): void {
    this.#shown.clear();
    this.#told.clear();
  }

  fault(kind: Fault['kind'], what: string): void {
    this.faults.push({ kind, what: `${this.#name}: ${what}` });
  }

  #findTwice(messages: readonly Message[]): void {
    const texts = new Set<string>();
    const keys = new Set<string>();
    for (const { text, key, state } of messages) {
      if (texts.has(text) || keys.has(key)) this.fault('twice', `${text} (${key}, ${state ?? 'of another'})`);
      texts.add(text);
      keys.add(key);
    }
  }

  #findDisorder(numbered: readonly Numbered[], isCompared: boolean): void {
    const last = { own: 0, other: 0 };
    for (const { isOwn, n, text } of numbered) {
      const side = isOwn ? 'own' : 'other';
      if (n <= last[side]) this.fault('order', `${text} has number ${n} and stands after ${last[side]}`);
      const isHole = last[side] > 0 && n > last[side] + 1;
      // An own message is shown as soon as it is answered: those of other devices before it may come later.
      if (isHole && !isOwn && !isCompared) this.fault('hole', `${text} has number ${n} and follows ${last[side]}`);
      last[side] = n;
    }
  }

  /** What was there must be there, in the same order. */
  #findGone(before: readonly Numbered[], now: readonly Numbered[]): void {
    let at = 0;
    for (const { key, text, n } of before) {
      const from = at;
      while (at < now.length && now[at]!.key !== key) at += 1;
      const found = now[at];
      if (found === undefined) {
        const isElsewhere = now.some((other) => other.key === key);
        this.fault(isElsewhere ? 'order' : 'gone', `${text} (${key}) was shown${isElsewhere ? ' elsewhere' : ''}`);
        at = from;
      } else if (found.text !== text || found.n !== n) {
        this.fault('gone', `${text} (${key}, ${n}) is now ${found.text} (${found.n})`);
      } else at += 1;
    }
  }
}
