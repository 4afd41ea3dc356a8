/** The people around a user: friends with their presence, open invitations, and who is writing. */

import type { Timing } from './ports.ts';
import type { FriendView } from './view.ts';
import { STATUS_UNKNOWN, toAsciiLower } from '../documents.ts';
import type { FriendDocument, Friend } from '../documents.ts';

/** How long someone who wrote TYPING is shown as writing. */
export const TYPING_SHOWN = 6_000;
/** The least time between two TYPING to one user. */
export const TYPING_PAUSE = 3_000;

export class People {
  readonly #user: string;
  readonly #timing: Timing;
  /** Somebody is not writing any more. */
  readonly #stopped: (key: string) => void;
  readonly #friends = new Map<string, FriendView>();
  readonly #invitations = new Map<string, string>();
  readonly #invited = new Map<string, string>();
  /** Who is writing, and what prevents the end of it. */
  readonly #typing = new Map<string, () => void>();
  readonly #toldTyping = new Map<string, number>();

  constructor(user: string, timing: Timing, stopped: (key: string) => void) {
    this.#user = toAsciiLower(user);
    this.#timing = timing;
    this.#stopped = stopped;
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
      this.takePresence(user, status, since);
      this.#invited.delete(toAsciiLower(user));
    }
  }

  takePresence(name: string, status: number, since: string | undefined): void {
    const time = since === undefined ? undefined : Date.parse(since);
    this.#friends.set(toAsciiLower(name), { name, status, since: time });
  }

  /** An entry, or an open invitation. */
  takeChange({ type, from, to }: FriendDocument): void {
    const isOwn = toAsciiLower(from) === this.#user;
    const name = isOwn ? to : from;
    const key = toAsciiLower(name);
    this.#invitations.delete(key);
    this.#invited.delete(key);
    if (type === 'invite') (isOwn ? this.#invited : this.#invitations).set(key, name);
    if (type === 'delete') this.#friends.delete(key);
    if (type === 'accept' && !this.#friends.has(key)) this.takePresence(name, STATUS_UNKNOWN, undefined);
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
}
