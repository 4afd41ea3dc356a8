/**
 * Tells that something came: badges, a notification where nobody looks, else a sound. All tabs watch, the leading one
 * tells. A moment passes first: what is read at once, in another tab or on another device, makes no noise.
 */

import type { Session } from '../state/session.svelte.ts';
import { preferences } from '../state/preferences.svelte.ts';
import { statusLook } from '../state/status.ts';
import { showBadge } from './badge.ts';
import { playChime } from './chime.ts';
import { findNews } from './news.ts';
import { notifications } from './notifications.svelte.ts';
import { listSources, type Source } from './sources.ts';
import { isAnyTabFocused } from './visible-tabs.ts';

/** How long a message may be unread before it is told; ms. */
const PATIENCE = 500;
/** Sounds are at least this far apart; ms. */
const SILENCE = 2_000;

export class Attention {
  readonly #session: Session;
  readonly #stop: () => void;
  /** How many were unread, by key; undefined before the first catch-up: what came before it is no news. */
  #before: ReadonlyMap<string, number> | undefined;
  #user = '';
  readonly #pending = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #soundedAt = 0;

  constructor(session: Session) {
    this.#session = session;
    this.#stop = $effect.root(() => {
      $effect(() => this.#look());
    });
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#stop();
    showBadge(0);
  }

  get #isCaughtUp(): boolean {
    const { connection } = this.#session;
    return connection.state === 'online' && connection.isCaughtUp;
  }

  get #isBusy(): boolean {
    return statusLook(this.#session.statuses, this.#session.status) === 'busy';
  }

  #look(): void {
    const { phase, user } = this.#session;
    if (phase !== 'in' || user !== this.#user) this.#leave();
    if (phase !== 'in') return;
    this.#user = user;
    const sources = listSources(this.#session);
    showBadge(sources.reduce((sum, { unread }) => sum + unread, 0));
    this.#compare(sources);
    if (this.#isCaughtUp && this.#pending.size > 0) this.#timer ??= setTimeout(() => void this.#tell(), PATIENCE);
  }

  #compare(sources: readonly Source[]): void {
    const now = new Map(sources.map(({ key, unread }) => [key, unread]));
    const { risen, read } = findNews(this.#before ?? now, now);
    if (this.#before === undefined && !this.#isCaughtUp) return;
    // Those that an earlier page has shown, and that were read elsewhere since.
    const closed = this.#before === undefined ? sources.filter(({ unread }) => unread === 0) : [];
    this.#before = now;
    for (const key of risen) this.#pending.add(key);
    for (const key of [...read, ...closed.map(({ key }) => key)]) {
      this.#pending.delete(key);
      void notifications.close({ user: this.#user, key });
    }
  }

  /** Another user, or nobody. */
  #leave(): void {
    if (this.#user !== '') void notifications.closeAll(this.#user);
    this.#user = '';
    this.#before = undefined;
    this.#pending.clear();
    showBadge(0);
  }

  async #tell(): Promise<void> {
    this.#timer = undefined;
    // Told after the next catch-up, if it is unread then.
    if (!this.#isCaughtUp) return;
    const keys = new Set(this.#pending);
    this.#pending.clear();
    const sources = listSources(this.#session).filter(({ key, unread }) => keys.has(key) && unread > 0);
    if (sources.length === 0 || !this.#session.isLeading || this.#isBusy) return;
    const isLookedAt = await isAnyTabFocused();
    if (isLookedAt || !notifications.areOn) return this.#sound();
    for (const { key, describe } of sources) await notifications.show({ user: this.#user, key, ...describe() });
  }

  #sound(): void {
    const now = Date.now();
    if (!preferences.sound || now - this.#soundedAt < SILENCE) return;
    this.#soundedAt = now;
    void playChime();
  }
}
