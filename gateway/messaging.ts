/** A message's way through both logs: the sender's copy, the receiver's, then what became of it. */

import { toAsciiLower } from '../protocol/documents.ts';
import type { Clock, Timer } from './clock.ts';
import type { Directory } from './directory.ts';
import type { Logger } from './log.ts';
import { SessionEnded } from './session-ended.ts';
import type {
  Author,
  PendingMessage,
  Presence,
  ReceiveAnswer,
  RefusedReason,
  Settlement,
  Store,
  UserKey,
} from './store/store.ts';

/** How long a settlement waits for a next message to travel with, in ms. */
const SETTLE_AFTER = 1_000;

export type Sent =
  | { readonly outcome: 'self' }
  | { readonly outcome: 'stored'; readonly presence: Presence }
  | { readonly outcome: 'refused'; readonly reason: RefusedReason };

export interface MessagingOptions {
  readonly store: Store;
  readonly directory: Directory;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class Messaging {
  readonly #options: MessagingOptions;
  readonly #unsettled = new Map<UserKey, Settlement[]>();
  #timer: Timer | undefined;

  constructor(options: MessagingOptions) {
    this.#options = options;
  }

  /**
   * Sends a text from the author, whose name as registered is `name`. When it resolves, what it says is stored.
   * When it rejects, the message may be on its way: the own copy stays pending and is carried on later.
   * @param op 1, 2, 3 … in the author's session.
   * @throws SessionEnded when the author's session was ended; nothing was sent then.
   */
  async send(author: Author, name: string, to: UserKey, text: string, op: number): Promise<Sent> {
    const { store, directory } = this.#options;
    const receiver = await directory.find(to);
    if (receiver === undefined) return { outcome: 'refused', reason: 'unknown' };
    const settled = this.#takeSettled(author.user);
    const answer = await store.send(author, { to: receiver, text, op, settled }).catch((error: unknown) => {
      this.#settleLater(author.user, settled);
      throw error;
    });
    if (answer.outcome === 'fenced') throw new SessionEnded();
    if (to === author.user) return { outcome: 'self' };
    return this.#pass(author.user, name, { ...answer, to: receiver, text });
  }

  /** Carries on what an earlier session or gateway left half-way. Each step can be repeated. */
  async carryOn(user: UserKey, name: string, pending: readonly PendingMessage[]): Promise<void> {
    for (const message of pending) await this.#pass(user, name, message);
  }

  /** Writes down what became of the messages so far. */
  async settleAll(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    await Promise.all(
      [...this.#unsettled.keys()].map((user) => {
        const settled = this.#takeSettled(user);
        return this.#options.store.settle(user, settled).catch((error: unknown) => {
          this.#options.logger.warn({ err: error }, 'settling messages failed; trying again');
          this.#settleLater(user, settled);
        });
      }),
    );
  }

  async #pass(user: UserKey, name: string, message: PendingMessage): Promise<Sent> {
    const to = toAsciiLower(message.to);
    let answer = await this.#receive(name, message);
    if (answer.outcome === 'ahead') {
      // Another session's earlier message is still between its two steps, or its gateway died there.
      const missing = await this.#options.store.findSent(user, to, answer.last + 1, message.n - 1);
      for (const earlier of missing) await this.#receive(name, earlier, true);
      answer = await this.#receive(name, message, true);
    }
    if (answer.outcome === 'ahead') throw new Error('the store refused to skip missing messages');
    const refused = answer.outcome === 'refused' ? { refused: answer.reason } : {};
    this.#settleLater(user, [{ to, n: message.n, ...refused }]);
    if (answer.outcome === 'refused' && answer.reason === 'unknown') this.#options.directory.forget(to);
    return answer;
  }

  #receive(from: string, message: PendingMessage, skipMissing = false): Promise<ReceiveAnswer> {
    const { to, n, check, previous, time, text } = message;
    return this.#options.store.receive(toAsciiLower(to), { from, n, check, previous, time, text, skipMissing });
  }

  #takeSettled(user: UserKey): Settlement[] {
    const settled = this.#unsettled.get(user) ?? [];
    this.#unsettled.delete(user);
    return settled;
  }

  #settleLater(user: UserKey, settled: readonly Settlement[]): void {
    if (settled.length === 0) return;
    const waiting = this.#unsettled.get(user);
    if (waiting === undefined) this.#unsettled.set(user, [...settled]);
    else waiting.push(...settled);
    this.#timer ??= this.#options.clock.after(SETTLE_AFTER, () => void this.settleAll());
  }
}
