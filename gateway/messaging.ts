/** A message's way through both logs: the sender's copy, the receiver's, then what became of it. */

import { createHash } from 'node:crypto';
import { toAsciiLower } from '../protocol/documents.ts';
import type { Authors } from './authors.ts';
import type { Clock, Timer } from './clock.ts';
import type { Directory } from './directory.ts';
import type { Logger } from './log.ts';
import type { Mending } from './mending.ts';
import type {
  Author,
  DeviceId,
  PendingMessage,
  Place,
  Presence,
  ReceiveAnswer,
  RefusedReason,
  Settlement,
  Store,
  UserKey,
} from './store/store.ts';

/** How often a sender's log is made whole for one message: others may be at work on it at the same time. */
const MENDINGS = 8;
/** How often a message is sent again whose copy a failover took. */
const SENDINGS = 3;
/** How long a settlement waits for a next message to travel with, in ms. */
const SETTLE_AFTER = 1_000;

/** Where a message stands in its sender's log; absent where none was written. */
export interface OwnCopy {
  readonly place: Place;
  readonly time: number;
  readonly n: number;
}

export type Sent =
  | { readonly outcome: 'self'; readonly copy: OwnCopy }
  | { readonly outcome: 'stored'; readonly presence: Presence; readonly copy: OwnCopy }
  | { readonly outcome: 'refused'; readonly reason: RefusedReason; readonly copy?: OwnCopy }
  /** IMS 2: the id was another message's. */
  | { readonly outcome: 'used' };

/** What became of a message at its receiver. */
type Kept =
  | { readonly outcome: 'stored'; readonly presence: Presence }
  | { readonly outcome: 'refused'; readonly reason: RefusedReason };
/** `lost`: a failover took the sender's copy, and the receiver has none. */
type Passed = Kept | 'lost';
type Taken = Exclude<ReceiveAnswer, { outcome: 'ahead' }>;

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
   * Sends a text from the author, whose `name` is as registered. When it resolves, what it says is stored.
   * When it rejects, the message may be on its way: the own copy stays pending and is carried on later.
   * @param op see {@link SendRequest}.
   * @throws SessionEnded when the author's session was ended; nothing was sent then.
   */
  async send(author: Author & { readonly name: string }, to: UserKey, text: string, op: number): Promise<Sent> {
    const { store, directory, authors } = this.#options;
    const receiver = await directory.find(to);
    if (receiver === undefined) return { outcome: 'refused', reason: 'unknown' };
    const settled = this.#takeSettled(author.user);
    const check = author.device === undefined ? {} : { check: messageCheck(author.device, op) };
    const send = () => store.send(author, { to: receiver, text, op, settled, ...check });
    for (let attempt = 0; attempt < SENDINGS; attempt += 1) {
      const answer = await authors.change(author, send).catch((error: unknown) => {
        this.#settleLater(author.user, settled);
        throw error;
      });
      if (answer.outcome === 'used') return answer;
      if (to === author.user) return { outcome: 'self', copy: answer };
      const passed = await this.#pass(author.user, author.name, { ...answer, to: receiver, text });
      // With the copy the log lost the operation: it appends a new one.
      if (passed !== 'lost') return { ...passed, copy: answer };
    }
    throw new Error("a message was lost with the tail of its sender's log, again and again");
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

  async #pass(user: UserKey, name: string, message: PendingMessage, mendings = 0): Promise<Passed> {
    const received = await this.#receive(name, message);
    const answer = received.outcome === 'ahead' ? await this.#bring(user, name, message, received.last) : received;
    if (answer === 'lost') return answer;
    if (answer.outcome === 'diverged' && mendings < MENDINGS) {
      return this.#passMended(user, name, message, mendings + 1);
    }
    const last = answer.outcome === 'diverged' ? await this.#receive(name, message, message.n - 1) : answer;
    if (last.outcome === 'diverged' || last.outcome === 'ahead') {
      throw new Error('the logs of sender and receiver do not come together');
    }
    return this.#settle(user, message, last);
  }

  /**
   * Brings a message that is ahead, and those before it that the sender's log has: another session's earlier message is
   * still between its two steps, or its gateway died there, or the receiver's log lost its tail. Numbers that the sender's
   * log has no more are passed over, but only by a message that it has: else the sender's log lost its tail too, and
   * gives the numbers again.
   */
  async #bring(user: UserKey, name: string, message: PendingMessage, last: number): Promise<Taken | 'lost'> {
    const { store, mending } = this.#options;
    const to = toAsciiLower(message.to);
    for (let at = last; ;) {
      const found = await store.findSent(user, to, at + 1, message.n);
      if (!found.some(({ check }) => check === message.check)) return 'lost';
      await mending.countLost(user, to, found.slice(0, -1));
      const answer = await this.#receiveAll(name, found, at);
      if (answer.outcome !== 'ahead') return answer;
      // The receiver's log moved meanwhile: what is missing now is another question.
      at = answer.last;
    }
  }

  /** The last one's answer, or the first that was not taken. `after`: the receiver's last number before the first. */
  async #receiveAll(name: string, messages: readonly PendingMessage[], after: number): Promise<ReceiveAnswer> {
    let answer: ReceiveAnswer = { outcome: 'ahead', last: after };
    let at = after;
    for (const message of messages) {
      answer = await this.#receive(name, message);
      if (answer.outcome === 'ahead' && answer.last === at) answer = await this.#receive(name, message, at);
      if (answer.outcome === 'diverged' || answer.outcome === 'ahead') break;
      at = message.n;
    }
    return answer;
  }

  /** The sender's log had lost its tail: made whole, the message may have another number. */
  async #passMended(user: UserKey, name: string, message: PendingMessage, mendings: number): Promise<Passed> {
    const { store, mending } = this.#options;
    const to = toAsciiLower(message.to);
    const pending = await mending.giveBack(user, message.to);
    const moved = pending.find(({ check }) => check === message.check);
    if (moved !== undefined) return this.#pass(user, name, moved, mendings);
    // Another session or gateway has passed it meanwhile; or it was lost with the tail.
    const taken = await store.findReceived(to, user, 1);
    if (!taken.some(({ check }) => check === message.check)) {
      return (await this.#wasRefused(user, message)) ? { outcome: 'refused', reason: 'full' } : 'lost';
    }
    const [presence] = await store.readPresence([to]);
    return presence === undefined ? { outcome: 'refused', reason: 'unknown' } : { outcome: 'stored', presence };
  }

  /** A client that was not answered sends it again, when the receiver's log has passed over its number. */
  async #wasRefused(user: UserKey, { to, n }: PendingMessage): Promise<boolean> {
    const { marks } = await this.#options.store.readMarks(user, 0);
    const refused = marks.find(({ name }) => toAsciiLower(name) === toAsciiLower(to))?.refused ?? '';
    return refused.split(' ').some((range) => {
      const [first = NaN, last = NaN] = range.split('-').map(Number);
      return n >= first && n <= last;
    });
  }

  async #settle(user: UserKey, message: PendingMessage, answer: Kept): Promise<Kept> {
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

  #receive(from: string, message: PendingMessage, after?: number): Promise<ReceiveAnswer> {
    const { to, n, check, previous, time, text } = message;
    return this.#options.store.receive(toAsciiLower(to), {
      from,
      n,
      check,
      previous,
      time,
      text,
      ...(after !== undefined && { after }),
    });
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

/**
 * The check of a device's message. It is the same for the same id, so that a message that is sent again after a failover
 * took it from its sender's log is known for the one that the receiver has.
 */
function messageCheck(device: DeviceId, id: number): string {
  return createHash('sha256').update(`${device} ${id}`).digest('hex').slice(0, 6);
}
