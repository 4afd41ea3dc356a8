/** The sessions of this gateway by user: subscribes to their pushes, feeds them, ends them. */

import { Feed, type FeedOptions, type Receiver } from './feed.ts';
import type {
  Author,
  DeviceLogin,
  Fenced,
  Look,
  Push,
  Replaced,
  SessionId,
  SessionInfo,
  UserKey,
} from './store/store.ts';

/** A session as delivery sees it. */
export interface LocalSession extends Receiver {
  readonly id: SessionId;
  readonly generation: number;
  readonly info: SessionInfo;
  /** With what its device logged in, where it has one. */
  readonly login: DeviceLogin | undefined;
  /** Open in the store, as far as this gateway knows. */
  readonly isOpened: boolean;
  /** An administrator, a ban or a new password ended the session. */
  endedElsewhere(): void;
  /** A push that is neither an entry nor an end. */
  pushed(push: Push): void;
  /** What the store has, to be compared with what the client was told. `areHintsLost`: of others, of whom it does not tell. */
  compare(look: Look, areHintsLost: boolean): void;
  /** What was confirmed last is written once more: a failover may have taken it, and the client does not say it again. */
  confirmAgain(): Promise<void>;
}

/** A session's seat: its feed, and what goes when it goes. */
export interface Seat {
  readonly feed: Feed;
  readonly session: LocalSession;
}

interface LocalUser {
  readonly seats: Map<SessionId, Seat>;
  readonly subscribed: Promise<void>;
  /** The last receipts of sessions that left. */
  readonly closing: Set<Promise<void>>;
}

/** How long to wait before the store is told again that a session is closed, in ms. */
const CLOSE_AGAIN = 3_000;

export interface DeliveryOptions extends FeedOptions {
  /** Told when a session left that was its user's last. */
  readonly away: (user: UserKey) => void;
}

export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #users = new Map<UserKey, LocalUser>();

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  get userCount(): number {
    return this.#users.size;
  }

  get sessionCount(): number {
    let count = 0;
    for (const user of this.#users.values()) count += user.seats.size;
    return count;
  }

  listUsers(): UserKey[] {
    return [...this.#users.keys()];
  }

  listSeats(user: UserKey): Seat[] {
    return [...(this.#users.get(user)?.seats.values() ?? [])];
  }

  /** Opens a session again that the store has lost. Fenced where it is not here any more, or was ended. */
  async reopen(author: Author): Promise<{ readonly outcome: 'reopened' } | Fenced | Replaced> {
    const seat = this.#users.get(author.user)?.seats.get(author.session);
    if (seat === undefined || !seat.session.isOpened) return { outcome: 'fenced' };
    const { info, login } = seat.session;
    const answer = await this.#options.store.reopenSession(author, info, login);
    if (answer.outcome === 'reopened') this.#options.logger.warn({ user: author.user }, 'the store had lost a session');
    // Closed meanwhile: the store may have heard of it before.
    if (!seat.session.isOpened) await this.close(author.user, author.session);
    return answer;
  }

  /** Seats a session before it is opened, so that no entry falls between the opening and the pushes. */
  async join(user: UserKey, session: LocalSession): Promise<Seat> {
    const local = this.#users.get(user) ?? this.#subscribe(user);
    const seat = { session, feed: new Feed(user, session, this.#options) };
    local.seats.set(session.id, seat);
    try {
      await local.subscribed;
      await Promise.all(local.closing);
    } catch (error) {
      await this.leave(user, session.id);
      throw error;
    }
    return seat;
  }

  /**
   * A session is gone from its user: no entry comes to it any more, and when this resolves the store says so too.
   * `lastReceipt` is given where what was sent may still be confirmed: a login before it would be handed the same again.
   * Never rejects.
   */
  async leave(user: UserKey, session: SessionId, lastReceipt?: Promise<void>): Promise<void> {
    const local = this.#users.get(user);
    const seat = local?.seats.get(session);
    if (local === undefined || seat === undefined) return;
    seat.feed.stop();
    local.seats.delete(session);
    if (lastReceipt === undefined) {
      await this.close(user, session);
      return this.#release(user, local);
    }
    local.closing.add(lastReceipt);
    void lastReceipt.then(async () => {
      await this.close(user, session);
      local.closing.delete(lastReceipt);
      this.#release(user, local);
    });
    try {
      if (await this.#options.store.leaveSession(user, session)) this.#options.away(user);
    } catch (error) {
      this.#options.logger.warn(
        { err: error, user, session },
        'a session is over, and the store could not be told yet',
      );
    }
  }

  /** Tells the store that a session is closed, and again until it has heard. Never rejects. */
  async close(user: UserKey, session: SessionId): Promise<void> {
    try {
      if (await this.#options.store.closeSessions(user, [session])) this.#options.away(user);
    } catch (error) {
      this.#options.logger.warn({ err: error, user, session }, 'closing a session in the store failed; trying again');
      this.#options.clock.after(CLOSE_AGAIN, () => void this.close(user, session));
    }
  }

  #subscribe(user: UserKey): LocalUser {
    const seats = new Map<SessionId, Seat>();
    const subscribed = this.#options.store.subscribe(user, (push) => this.#pushed(seats, push));
    const local = { seats, subscribed, closing: new Set<Promise<void>>() };
    this.#users.set(user, local);
    return local;
  }

  #release(user: UserKey, local: LocalUser): void {
    if (local.seats.size > 0 || local.closing.size > 0 || this.#users.get(user) !== local) return;
    this.#users.delete(user);
    this.#options.store.unsubscribe(user).catch((error: unknown) => {
      this.#options.logger.warn({ err: error, user }, 'unsubscribing failed');
    });
  }

  #pushed(seats: ReadonlyMap<SessionId, Seat>, push: Push): void {
    for (const { feed, session } of [...seats.values()]) {
      if (push.kind === 'entry') feed.push(push.entry);
      else if (push.kind !== 'end') session.pushed(push);
      else if (push.session === session.id || (push.session === undefined && session.generation < push.generation)) {
        session.endedElsewhere();
      }
    }
  }
}
