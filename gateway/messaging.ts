/** A message's way through both logs: the sender's copy, the receiver's, then what became of it. */

import { toAsciiLower } from '../protocol/documents.ts';
import type { Authors } from './authors.ts';
import type { Clock, Timer } from './clock.ts';
import type { Directory } from './directory.ts';
import type { Logger } from './log.ts';
import type { Mending } from './mending.ts';
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

/** How often a sender's log is made whole for one message: others may be at work on it at the same time. */
const MENDINGS = 8;
/** How long a settlement waits for a next message to travel with, in ms. */
const SETTLE_AFTER = 1_000;

export type Sent =
  | { readonly outcome: 'self' }
  | { readonly outcome: 'stored'; readonly presence: Presence }
  | { readonly outcome: 'refused'; readonly reason: RefusedReason };

export interface MessagingOptions {
  readonly store: Store;
  readonly directory: Directory;
  readonly authors: Authors;
  readonly mending: Mending;
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
    const { store, directory, authors } = this.#options;
    const receiver = await directory.find(to);
    if (receiver === undefined) return { outcome: 'refused', reason: 'unknown' };
    const settled = this.#takeSettled(author.user);
    const send = () => store.send(author, { to: receiver, text, op, settled });
    const answer = await authors.change(author, send).catch((error: unknown) => {
      this.#settleLater(author.user, settled);
      throw error;
    });
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

  async #pass(user: UserKey, name: string, message: PendingMessage, mendings = 0): Promise<Sent> {
    let answer = await this.#receive(name, message);
    if (answer.outcome === 'ahead') {
      // Another session's earlier message is still between its two steps, or its gateway died there.
      const missing = await this.#options.store.findSent(
        user,
        toAsciiLower(message.to),
        answer.last + 1,
        message.n - 1,
      );
      await this.#options.mending.countLost(user, toAsciiLower(message.to), missing);
      answer = await this.#bring(name, [...missing, message]);
    }
    if (answer.outcome === 'diverged') {
      if (mendings === MENDINGS) throw new Error('the logs of sender and receiver do not come together');
      return this.#passMended(user, name, message, mendings + 1);
    }
    return this.#settle(user, message, answer);
  }

  /** Messages in order, over numbers that nobody has any more. The last one's answer, or the first that diverged. */
  async #bring(
    name: string,
    messages: readonly PendingMessage[],
  ): Promise<Exclude<ReceiveAnswer, { outcome: 'ahead' }>> {
    for (const message of messages) {
      let answer = await this.#receive(name, message);
      if (answer.outcome === 'ahead') answer = await this.#receive(name, message, true);
      if (answer.outcome === 'ahead') throw new Error('the store refused to skip missing messages');
      if (answer.outcome === 'diverged' || message === messages.at(-1)) return answer;
    }
    throw new Error('no message to bring');
  }

  /** The sender's log had lost its tail: made whole, the message may have another number. */
  async #passMended(user: UserKey, name: string, message: PendingMessage, mendings: number): Promise<Sent> {
    const pending = await this.#options.mending.giveBack(user, message.to);
    const moved = pending.find(({ check }) => check === message.check);
    if (moved !== undefined) return this.#pass(user, name, moved, mendings);
    // Another session or gateway has passed it meanwhile.
    const [presence] = await this.#options.store.readPresence([toAsciiLower(message.to)]);
    return presence === undefined ? { outcome: 'refused', reason: 'unknown' } : { outcome: 'stored', presence };
  }

  async #settle(user: UserKey, message: PendingMessage, answer: Exclude<Sent, { outcome: 'self' }>): Promise<Sent> {
    const { n, check } = message;
    const to = toAsciiLower(message.to);
    if (answer.outcome === 'stored') {
      this.#settleLater(user, [{ to, n, check }]);
      return answer;
    }
    // Written before the client hears of it: what was refused must never be passed on by those who carry on or heal.
    await this.#options.store.settle(user, [{ to, n, check, refused: answer.reason }]);
    if (answer.reason === 'unknown') this.#options.directory.forget(to);
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
