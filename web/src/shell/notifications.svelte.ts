/** The browser's notifications: one for each conversation, which a newer one replaces, and which goes when it was read. */

import { preferences } from '../state/preferences.svelte.ts';
import { findRegistration } from './registration.ts';
import type { NotificationData } from './worker-words.ts';

/** Longer texts are cut: a notification has three lines or so. */
const LONGEST = 240;
const ICON = '/icon-192.png';

export interface Notice extends NotificationData {
  readonly title: string;
  readonly text: string;
}

class Notifications {
  #permission = $state(typeof Notification === 'undefined' ? 'denied' : Notification.permission);
  /** Those that were shown without a service worker. */
  readonly #shown = new Map<string, Notification>();

  /** The user has not been asked yet. */
  get mayAsk(): boolean {
    return this.#permission === 'default';
  }

  /** The browser refuses them for this page; only its settings can change that. */
  get isForbidden(): boolean {
    return this.#permission === 'denied';
  }

  /** Wanted, and permitted. */
  get areOn(): boolean {
    return preferences.notifications && this.#permission === 'granted';
  }

  /** Turns them on; the browser asks the user where it has not yet. Only from a click. Answers whether they are on now. */
  async turnOn(): Promise<boolean> {
    if (this.mayAsk) this.#permission = await Notification.requestPermission();
    preferences.notifications = this.#permission === 'granted';
    return this.areOn;
  }

  async show({ title, text, ...data }: Notice): Promise<void> {
    const tag = tagOf(data);
    const options = {
      tag,
      data,
      body: text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text,
      icon: ICON,
      badge: '/icon-badge.png',
      dir: 'auto',
      // One that takes the place of another is told like a new one.
      renotify: true,
      silent: !preferences.sound,
    } as const;
    const registration = await findRegistration();
    // Phones show only those of a service worker.
    if (registration?.active) await registration.showNotification(title, options);
    else this.#showByPage(title, options);
  }

  async close(data: NotificationData): Promise<void> {
    const tag = tagOf(data);
    this.#shown.get(tag)?.close();
    const registration = await findRegistration();
    for (const shown of (await registration?.getNotifications({ tag })) ?? []) shown.close();
  }

  /** All of a user's; of everyone where absent. */
  async closeAll(user: string): Promise<void> {
    for (const shown of this.#shown.values()) shown.close();
    const registration = await findRegistration();
    for (const shown of (await registration?.getNotifications()) ?? []) {
      if ((shown.data as NotificationData).user === user) shown.close();
    }
  }

  #showByPage(title: string, options: NotificationOptions & { tag: string; data: NotificationData }): void {
    const shown = new Notification(title, options);
    shown.onclick = () => {
      window.focus();
      location.hash = `/${options.data.key}`;
      shown.close();
    };
    shown.onclose = () => this.#shown.delete(options.tag);
    this.#shown.set(options.tag, shown);
  }
}

export const notifications = new Notifications();

function tagOf({ user, key }: NotificationData): string {
  return `${user}/${key}`;
}
