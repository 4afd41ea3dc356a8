/** Judges what pages say of own messages: each tick was earned before it was shown, and none is taken back. */

/** What is said of a message that is on its way, from nothing to everything. */
const WAITING = ['Sending', 'Will be sent when you are connected again'];
const TICKS = ['Sent', 'Delivered', 'Read'] as const;
/** Two processes may read the clock in another order than they ask for it, in milliseconds. */
const CLOCK = 2;

export type Tick = (typeof TICKS)[number];

export class Ticks {
  readonly wrong: string[] = [];
  /** When a message reached a device of its receiver, and when it was seen there, by its text. */
  readonly #arrived = new Map<string, number>();
  readonly #seen = new Map<string, number>();
  /** When what was said of a message for the first time. */
  readonly #said = new Map<string, { readonly text: string; readonly tick: Tick; readonly at: number }>();

  /** It came over the wire, to somebody else than its sender. */
  noteArrived(text: string, at: number): void {
    if (!this.#arrived.has(text)) this.#arrived.set(text, at);
  }

  /** It stood on a screen that somebody looked at. */
  noteSeen(text: string, at: number): void {
    this.#seen.set(text, Math.min(at, this.#seen.get(text) ?? Infinity));
  }

  /**
   * This is said of it. `before`: what the same screen said last; `where`: whose screen it is, for people; `at`: when the
   * screen showed it; `heard`: when this process was told.
   */
  note(text: string, state: string, before: string | undefined, where: string, at: number, heard: number): void {
    const rank = rankOf(state);
    if (rank === undefined) this.wrong.push(`failed: ${text} is said to be “${state}” on ${where}`);
    if (rank === undefined || rank === -1) {
      if ((rankOf(before ?? '') ?? -1) > -1)
        this.wrong.push(`tick: ${text} was ${before}, and is “${state}” on ${where}`);
      return;
    }
    if (rank < (rankOf(before ?? '') ?? -1))
      this.wrong.push(`tick: ${text} was ${before}, and is ${state} on ${where}`);
    if (rank >= TICKS.indexOf('Delivered')) this.#first(text, 'Delivered', heard);
    if (rank >= TICKS.indexOf('Read')) this.#first(text, 'Read', at);
  }

  /** All that was wrong, at the end. */
  judge(): readonly string[] {
    const unearned = [...this.#said.values()].flatMap(({ text, tick, at }) => {
      const earned = (tick === 'Read' ? this.#seen : this.#arrived).get(text);
      if (earned !== undefined && earned <= at + CLOCK) return [];
      const when = earned === undefined ? 'never' : `${earned - at} ms later`;
      return [`tick: ${text} was said to be ${tick}, and ${tick === 'Read' ? 'seen' : 'there'} ${when}`];
    });
    return [...this.wrong, ...unearned];
  }

  #first(text: string, tick: Tick, at: number): void {
    const key = `${tick} ${text}`;
    if ((this.#said.get(key)?.at ?? Infinity) > at) this.#said.set(key, { text, tick, at });
  }
}

/** Whether the gateway has it, as the page says. */
export function isTaken(state: string): boolean {
  return (rankOf(state) ?? -1) >= 0;
}

/** Whether it reached the other one, as the page says. */
export function isThere(state: string): boolean {
  return (rankOf(state) ?? -1) >= TICKS.indexOf('Delivered');
}

/** -1: waits; undefined: it will not get there. */
function rankOf(state: string): number | undefined {
  if (state === '' || WAITING.includes(state)) return -1;
  const rank = (TICKS as readonly string[]).indexOf(state);
  return rank === -1 ? undefined : rank;
}
