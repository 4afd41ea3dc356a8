/** What users have of each other's messages: written down at their own logs, then told to the senders. */

import type { Clock } from './clock.ts';
import type { Logger } from './log.ts';
import type { Acknowledgement, Place, Store, UserKey } from './store/store.ts';

/** How long to wait before senders are told again whom the store could not tell, in ms. */
const TELL_AGAIN = 5_000;

/** The user whose log it is; the name as registered. */
export interface Reader {
  readonly user: UserKey;
  readonly name: string;
}

interface Untold {
  readonly name: string;
  readonly senders: Map<UserKey, Acknowledgement>;
  isWorking: boolean;
}

export interface MarkOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class Marks {
  readonly #options: MarkOptions;
  readonly #untold = new Map<UserKey, Untold>();
  readonly #working = new Set<Promise<void>>();

  constructor(options: MarkOptions) {
    this.#options = options;
  }

  /** Entries up to the place are at the reader's. Resolves when that is written; the senders hear of it later. */
  async confirm(reader: Reader, upto: Place): Promise<void> {
    this.tell(reader, await this.#options.store.confirm(reader.user, upto));
  }

  /** The reader has read the messages of `other`, a name as registered, up to `n`. As `confirm`. */
  async read(reader: Reader, other: string, n: number): Promise<void> {
    const risen = await this.#options.store.read(reader.user, other, n);
    if (risen !== undefined) this.tell(reader, [risen]);
  }

  /** Resolves once nobody is being told; who could not be told is left to others. */
  async settleAll(): Promise<void> {
    while (this.#working.size > 0) await Promise.all(this.#working);
  }

  /** Tells senders, now and until they have heard; what dies with this gateway is told by a survivor or the next login. */
  tell({ user, name }: Reader, acknowledged: readonly Acknowledgement[]): void {
    if (acknowledged.length === 0) return;
    const untold = this.#untold.get(user) ?? { name, senders: new Map(), isWorking: false };
    this.#untold.set(user, untold);
    for (const next of acknowledged) untold.senders.set(next.to, merge(untold.senders.get(next.to), next));
    this.#begin(user, untold);
  }

  #begin(user: UserKey, untold: Untold): void {
    if (untold.isWorking) return;
    untold.isWorking = true;
    const work = this.#work(user, untold).finally(() => this.#working.delete(work));
    this.#working.add(work);
  }

  async #work(user: UserKey, untold: Untold): Promise<void> {
    try {
      while (untold.senders.size > 0) await this.#tellAll(user, untold);
      this.#untold.delete(user);
    } catch (error) {
      this.#options.logger.warn({ err: error, user }, 'senders could not be told of their messages; trying again');
      this.#options.clock.after(TELL_AGAIN, () => this.#begin(user, untold));
    }
    untold.isWorking = false;
  }

  async #tellAll(user: UserKey, { name, senders }: Untold): Promise<void> {
    const { store } = this.#options;
    const told = [...senders.values()];
    await Promise.all(told.map(({ to, delivered, read }) => store.mark(to, name, { delivered, read })));
    await store.noteTold(user, told);
    // One that has risen meanwhile is told once more.
    for (const acknowledgement of told) {
      if (senders.get(acknowledgement.to) === acknowledgement) senders.delete(acknowledgement.to);
    }
  }
}

function merge(known: Acknowledgement | undefined, next: Acknowledgement): Acknowledgement {
  if (known === undefined) return next;
  const { to } = next;
  return { to, delivered: Math.max(known.delivered, next.delivered), read: Math.max(known.read, next.read) };
}
