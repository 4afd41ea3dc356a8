/** IMS 2: every entry with its place, acknowledged by the client; marks, presence and typing as they change. */

import { ProtocolError } from '../protocol/documents.ts';
import type { Timer } from './clock.ts';
import type { Dialect, DialectOptions } from './dialect.ts';
import { toEntryDocument, toFriend, toInvitations, toMarkDocuments, toPresence } from './entry-documents.ts';
import { FriendWatch } from './friend-watch.ts';
import type { Version2Session } from './handlers/route.ts';
import { MarkFeed } from './mark-feed.ts';
import { placeNumber } from './store/entry.ts';
import type { Entry, Look, OpenedSession, Place, Push, UserKey } from './store/store.ts';

/** Own ids that are remembered: more than a client may have unanswered. */
const IDS_KEPT = 64;
/** Milliseconds in which one TYPING to one user is passed on. */
const TYPING_EVERY = 1_000;
/** How often a device that stays connected is noted as used, in ms: its token is good for 30 days. */
const TOUCH_EVERY = 12 * 3_600_000;

export class Version2 implements Dialect, Version2Session {
  readonly isConfirming = false;
  readonly #options: DialectOptions;
  readonly #marks: MarkFeed;
  readonly #friends: FriendWatch;
  readonly #touching: Timer;
  /** Ids that this session sends: their answers stand for the entries. */
  readonly #sent = new Set<number>();
  /** Where their answers said that they stand, by number, until the log has come that far. */
  readonly #answered = new Map<number, Place>();
  /** One of those that a look at the log did not find. */
  #missing: Place | undefined;
  readonly #typed = new Map<UserKey, number>();
  /** The own status as the client knows it, or could if it asked. */
  #status: number | undefined;
  #isStopped = false;
  #epoch = '';
  /** The place of the last entry given; the client cannot have stored more. */
  #given: Place | undefined;
  /** What was given is not in the log any more: nothing is given any more. */
  #isLost = false;
  /** The place that the client acknowledged last. */
  #acknowledged: Place | undefined;

  constructor(options: DialectOptions) {
    this.#options = options;
    const { owner, services, send } = options;
    const { store, clock, logger, presence, config } = services;
    const { user } = owner;
    this.#marks = new MarkFeed({
      store,
      clock,
      logger,
      user,
      give: (marks, from) => send(toMarkDocuments(marks, from)),
    });
    this.#friends = new FriendWatch({
      store,
      presence,
      clock,
      logger,
      user,
      absence: config.timing.absence,
      tell: (friend) => send([toPresence(friend)]),
    });
    this.#touching = clock.every(TOUCH_EVERY, () => {
      store
        .touchDevice(user, owner.device!)
        .catch((error: unknown) => logger.warn({ err: error, user }, 'a device could not be noted as used'));
    });
  }

  get version2(): Version2Session {
    return this;
  }

  begin({ device, from }: OpenedSession): void {
    this.#epoch = device!.epoch;
    // What the device holds already it may acknowledge once more.
    this.#given = device!.isResumed ? `${from}-000000` : undefined;
  }

  async greet({ hidden, device, ...opened }: OpenedSession): Promise<void> {
    const { store } = this.#options.services;
    const { user } = this.#options.owner;
    // What was given after the session was opened may have changed friendships.
    const isNews = this.#given !== undefined && placeNumber(this.#given) > opened.head;
    const friendships = isNews ? await store.listFriendships(user) : opened.friendships;
    const friends = await this.#friends.start(friendships);
    this.#options.send([
      { name: 'FRIENDS', friends: friends.map(toFriend) },
      ...toInvitations(friendships, this.#options.owner.spelling, hidden),
    ]);
    this.#friends.shown();
    await this.#marks.start(device!);
  }

  deliver(entries: readonly Entry[]): void {
    const lost = entries.map(({ place }) => this.#findLost(place)).find((place) => place !== undefined);
    if (lost !== undefined) return this.tailLost(lost);
    if (this.#isLost) return;
    const { owner, send } = this.#options;
    const others = entries.filter((entry) => !this.#isAnswered(entry));
    this.#given = entries.at(-1)?.place ?? this.#given;
    if (others.length > 0) send(others.map((entry) => toEntryDocument(entry, owner.spelling)));
    for (const entry of entries) if ('change' in entry) this.#friends.follow(entry);
  }

  /** An own message of this very session: its answer has been sent. */
  #isAnswered(entry: Entry): boolean {
    if (!('by' in entry) || entry.by?.device !== this.#options.owner.device) return false;
    return this.#sent.delete(entry.by!.id);
  }

  /** Where an own message stood when it was answered that was lost since: another entry has its number. */
  #findLost(place: Place): Place | undefined {
    const number = placeNumber(place);
    const answered = this.#answered.get(number);
    this.#answered.delete(number);
    return answered === place ? undefined : answered;
  }

  tailLost(lost: Place): void {
    if (!this.#isLost) void this.#lose(lost);
  }

  async #lose(lost: Place): Promise<void> {
    this.#isLost = true;
    await this.#noteLost(lost);
    this.#options.fail(new ProtocolError('epoch', 'the end of the log was lost: log in again, and compare'));
  }

  /**
   * Other devices must compare too, also one whose last place a message has again that was sent again. All sessions are told
   * of a new epoch, this one too.
   */
  async #noteLost(lost: Place): Promise<void> {
    const { services, owner } = this.#options;
    await services.store.noteLost(owner.user, this.#epoch, lost).catch((error: unknown) => {
      services.logger.warn({ err: error, user: owner.user }, 'what a log lost could not be noted');
    });
  }

  pushed(push: Push): void {
    if (push.kind === 'mark') this.#marks.push(push.mark);
    if (push.kind === 'epoch') this.#compareEpoch(push.epoch);
    const { send, owner } = this.#options;
    if (push.kind === 'presence' && push.user === owner.user) void this.#tellStatus();
    else if (push.kind === 'presence') this.#friends.hint(push.user);
    if (push.kind === 'typing') send([{ name: 'TYPING', from: push.from, to: owner.spelling }]);
  }

  compare({ epoch, head, marks }: Look, areHintsLost: boolean): void {
    this.#compareEpoch(epoch);
    this.#compareHead(head);
    this.#marks.compare(marks);
    if (!areHintsLost) return;
    this.#friends.checkAll();
    void this.#tellStatus();
  }

  noteStatus(status: number): void {
    this.#status = status;
  }

  /** Another session may have set it. */
  async #tellStatus(): Promise<void> {
    const { services, owner, send } = this.#options;
    const { user, spelling: name } = owner;
    try {
      const [own] = await services.store.readPresence([user]);
      if (own === undefined || own.status === this.#status || this.#isStopped) return;
      this.#status = own.status;
      send([toPresence({ ...own, name })]);
    } catch (error) {
      services.logger.warn({ err: error, user }, 'a device could not be told of the own status');
    }
  }

  /** An answer may be newer than the look; not newer than the one before. */
  #compareHead(head: Place | undefined): void {
    const last = head === undefined ? 0 : placeNumber(head);
    const missing = [...this.#answered.values()].find((place) => placeNumber(place) > last);
    if (missing !== undefined && missing === this.#missing) void this.#noteLost(missing);
    this.#missing = missing;
  }

  #compareEpoch(epoch: string): void {
    if (this.#epoch === '' || epoch === this.#epoch) return;
    this.#options.fail(new ProtocolError('epoch', 'entries of the log were moved or lost: log in again, and compare'));
  }

  noteSending(id: number): void {
    this.#sent.add(id);
    for (const oldest of this.#sent) if (this.#sent.size > IDS_KEPT) this.#sent.delete(oldest);
  }

  noteAnswer(at: Place): void {
    const lost = this.#findLost(at);
    if (lost !== undefined) return this.tailLost(lost);
    if (this.#given !== undefined && placeNumber(at) <= placeNumber(this.#given)) return;
    this.#answered.set(placeNumber(at), at);
    for (const oldest of this.#answered.keys()) if (this.#answered.size > IDS_KEPT) this.#answered.delete(oldest);
  }

  bound(at: Place): Place | undefined {
    if (this.#given === undefined) return undefined;
    this.#acknowledged = placeNumber(at) <= placeNumber(this.#given) ? at : this.#given;
    return this.#acknowledged;
  }

  async confirmAgain(): Promise<void> {
    const { owner, services } = this.#options;
    if (this.#acknowledged !== undefined) await services.marks.confirm(owner, this.#acknowledged);
  }

  mayTellTyping(to: UserKey): boolean {
    const now = this.#options.services.clock.now();
    for (const [user, time] of this.#typed) if (now - time >= TYPING_EVERY) this.#typed.delete(user);
    if (this.#typed.has(to)) return false;
    this.#typed.set(to, now);
    return true;
  }

  ping(): void {
    this.#options.connection.ping();
  }

  received(): void {}

  resumed(): void {}

  pong(): void {}

  stop(): void {
    this.#isStopped = true;
    this.#marks.stop();
    this.#friends.stop();
    this.#touching.cancel();
  }

  async closed(): Promise<void> {}
}
