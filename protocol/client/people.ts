/** The people around a user: friends with their presence, open invitations, and who is writing. */

import type { Keeper } from './keeper.ts';
import type { Timing } from './ports.ts';
import type { FriendView } from './view.ts';
import { STATUS_UNKNOWN, toAsciiLower } from '../documents.ts';
import type { FriendDocument, Friend } from '../documents.ts';

/** How long someone who wrote TYPING is shown as writing. */
export const TYPING_SHOWN = 6_000;
/** The least time between two TYPING to one user. */
export const TYPING_PAUSE = 3_000;

const PEOPLE = 'people';

/** Names as registered. Who is there is not kept: it is known only while one is connected. */
interface KeptPeople {
  readonly friends: readonly string[];
  readonly invitations: readonly string[];
  readonly invited: readonly string[];
}

export class People {
  readonly #user: string;
  readonly #timing: Timing;
  readonly #keeper: Keeper;
  #kept = '';
  /** Somebody is not writing any more. */
  readonly #stopped: (key: string) => void;
  readonly #friends = new Map<string, FriendView>();
  readonly #invitations = new Map<string, string>();
  readonly #invited = new Map<string, string>();
  /** Who is writing, and what prevents the end of it. */
  readonly #typing = new Map<string, () => void>();
  readonly #toldTyping = new Map<string, number>();

  constructor(user: string, timing: Timing, keeper: Keeper, stopped: (key: string) => void) {
    this.#user = toAsciiLower(user);
    this.#timing = timing;
    this.#keeper = keeper;
    this.#stopped = stopped;
  }

  /** As they were kept, all away. False where nothing was: {@link replay}. */
  restore(kept: ReadonlyMap<string, unknown>): boolean {
    const people = kept.get(PEOPLE) as KeptPeople | undefined;
    if (people === undefined) return false;
    for (const name of people.friends) this.#setFriend(name, STATUS_UNKNOWN, undefined);
    for (const name of people.invitations) this.#invitations.set(toAsciiLower(name), name);
    for (const name of people.invited) this.#invited.set(toAsciiLower(name), name);
    this.#kept = JSON.stringify(people);
    return true;
  }

  /** All changes that are held, in order. */
  replay(changes: readonly FriendDocument[]): void {
    for (const change of changes) this.#change(change);
  }

  /** By name. */
  get friends(): readonly FriendView[] {
    return [...this.#friends].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, friend]) => friend);
  }

  /** Who wants to be a friend; the oldest first. */
  get invitations(): readonly string[] {
    return [...this.#invitations.values()];
  }

  /** Whom the user has invited, as far as the entries say. */
  get invited(): readonly string[] {
    return [...this.#invited.values()];
  }

  /** IMS 2 FRIENDS: all there are. Open invitations follow one by one. */
  takeAll(friends: readonly Friend[]): void {
    this.#friends.clear();
    this.#invitations.clear();
    for (const { user, status, since } of friends) {
      this.#setFriend(user, status, since);
      this.#invited.delete(toAsciiLower(user));
    }
    this.#keep();
  }

  takePresence(name: string, status: number, since: string | undefined): void {
    this.#setFriend(name, status, since);
    this.#keep();
  }

  /** An entry, or an open invitation. */
  takeChange(change: FriendDocument): void {
    this.#change(change);
    this.#keep();
  }

  /** True where that user's was open. */
  forgetInvitation(name: string): boolean {
    const wasOpen = this.#invitations.delete(toAsciiLower(name));
    if (wasOpen) this.#keep();
    return wasOpen;
  }

  isTyping(name: string): boolean {
    return this.#typing.has(toAsciiLower(name));
  }

  takeTyping(name: string): void {
    const key = toAsciiLower(name);
    this.#typing.get(key)?.();
    const cancel = this.#timing.after(TYPING_SHOWN, () => {
      this.#typing.delete(key);
      this.#stopped(key);
    });
    this.#typing.set(key, cancel);
  }

  /** What was written came, or nothing will come. */
  endTyping(name: string): void {
    const key = toAsciiLower(name);
    this.#typing.get(key)?.();
    this.#typing.delete(key);
  }

  /** Nobody is writing, as far as can be seen from here; answers with who was. */
  endAllTyping(): readonly string[] {
    const keys = [...this.#typing.keys()];
    for (const key of keys) this.endTyping(key);
    return keys;
  }

  /** Whether it is time to tell that user once more. */
  mayTell(name: string): boolean {
    const key = toAsciiLower(name);
    const now = this.#timing.now();
    if (now - (this.#toldTyping.get(key) ?? -Infinity) < TYPING_PAUSE) return false;
    this.#toldTyping.set(key, now);
    return true;
  }

  /** A message went to that user: what is written next is told at once. */
  forgetTold(name: string): void {
    this.#toldTyping.delete(toAsciiLower(name));
  }

  #setFriend(name: string, status: number, since: string | undefined): void {
    const time = since === undefined ? undefined : Date.parse(since);
    this.#friends.set(toAsciiLower(name), { name, status, since: time });
  }

  #change({ type, from, to }: FriendDocument): void {
    const isOwn = toAsciiLower(from) === this.#user;
    const name = isOwn ? to : from;
    const key = toAsciiLower(name);
    this.#invitations.delete(key);
    this.#invited.delete(key);
    if (type === 'invite') (isOwn ? this.#invited : this.#invitations).set(key, name);
    // Who is invited is none, though a failover may have lost that somebody said so.
    if (type !== 'accept') this.#friends.delete(key);
    else if (!this.#friends.has(key)) this.#setFriend(name, STATUS_UNKNOWN, undefined);
  }

  #keep(): void {
    const friends = this.friends.map(({ name }) => name);
    const people: KeptPeople = { friends, invitations: this.invitations, invited: this.invited };
    const kept = JSON.stringify(people);
    if (kept === this.#kept) return;
    this.#kept = kept;
    this.#keeper.put(PEOPLE, people);
  }
}
