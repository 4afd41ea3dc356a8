/** What a pressed key does, once no component has had a use for it. */

import { preferences } from '../state/preferences.svelte.ts';
import type { Route } from '../state/route.svelte.ts';
import type { Session } from '../state/session.svelte.ts';
import { findAction, type Action } from './keys.ts';
import { isNarrow } from './narrow.ts';
import * as places from './places.ts';
import { walkRows } from './rows.ts';
import { sheets } from './sheets.svelte.ts';
import { findNext } from './walk.ts';

/** What the open conversation does for the keys. */
export interface Reading {
  /** To the newest message. */
  toNewest: () => void;
  /** The focus to the message in view that is the last. */
  readBack: () => void;
}

export interface Scope {
  readonly session: Session;
  readonly route: Route;
  /** Undefined while no conversation is open. */
  readonly reading: () => Reading | undefined;
}

/** On a Mac Cmd is what Ctrl is elsewhere. */
export const isMac = /^(Mac|iP)/.test(navigator.platform);

/** The answer ends it. */
export function followKeys(scope: Scope): () => void {
  const keys = new Keys(scope);
  const controller = new AbortController();
  const { signal } = controller;
  // What Escape closes is closed already when the key comes by at last.
  addEventListener('keydown', () => keys.began(), { capture: true, signal });
  addEventListener('keydown', (key: KeyboardEvent) => keys.pressed(key), { signal });
  return () => controller.abort();
}

class Keys {
  readonly #scope: Scope;
  #wasCovered = false;
  readonly #deeds: Readonly<Record<Action, () => boolean | void>> = {
    switcher: () => sheets.toggle('switcher'),
    search: () => places.focusSearch(),
    next: () => this.#step(1, false),
    previous: () => this.#step(-1, false),
    nextUnread: () => this.#step(1, true),
    previousUnread: () => this.#step(-1, true),
    newest: () => this.#scope.reading()?.toNewest(),
    compose: () => places.focusComposer(),
    status: () => places.focusStatus(),
    help: () => sheets.toggle('help'),
  };

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  began(): void {
    this.#wasCovered = places.isCovered();
  }

  pressed(key: KeyboardEvent): void {
    // An input method, or a key that makes a sign, has it.
    if (key.defaultPrevented || key.isComposing || key.getModifierState('AltGraph')) return;
    if (this.#run(key)) key.preventDefault();
  }

  /** Whether it was of use. */
  #run(key: KeyboardEvent): boolean {
    const isTyped = places.isTyped(key.target);
    const action = findAction(key, isMac, preferences.keys && !isTyped);
    if (this.#wasCovered) return action !== undefined && action === sheets.shown && this.#do(action);
    // There, Alt and an arrow open the choice.
    if (key.target instanceof HTMLSelectElement && key.key.startsWith('Arrow')) return false;
    if (action !== undefined) return key.repeat && !/^(next|previous)/.test(action) ? false : this.#do(action);
    if (key.altKey || key.ctrlKey || key.metaKey || key.shiftKey) return false;
    if (key.key === 'Escape') return this.#stepBack(key.target);
    return walkRows(key) || this.#read(key);
  }

  #do(action: Action): boolean {
    return this.#deeds[action]() !== false;
  }

  /** Up from an empty field into the messages; End to the newest of them. */
  #read({ key, target }: KeyboardEvent): boolean {
    const reading = this.#scope.reading();
    if (reading === undefined || !(target instanceof Element)) return false;
    const isEmptyField = target instanceof HTMLTextAreaElement && target.value === '';
    if (key === 'ArrowUp' && isEmptyField) reading.readBack();
    else if (key === 'End' && target.closest('[data-messages]') !== null) reading.toNewest();
    else return false;
    return true;
  }

  /** A phone leaves the conversation; elsewhere it goes from the messages to the field, and from there to the list. */
  #stepBack(target: EventTarget | null): boolean {
    const { route } = this.#scope;
    if (route.key === undefined || !(target instanceof Element)) return false;
    if (isNarrow()) route.close();
    else if (target.closest('.conversation') === null) return false;
    else if (target instanceof HTMLTextAreaElement) places.focusList();
    else places.focusComposer();
    return true;
  }

  #step(by: 1 | -1, isUnread: boolean): void {
    const { route, session } = this.#scope;
    const unread = new Set(session.conversations.list.flatMap(({ key, unread }) => (unread > 0 ? [key] : [])));
    const keys = places.listRows().map(places.keyOfRow);
    const key = findNext(keys, route.key, by, (one) => !isUnread || unread.has(one), isUnread);
    if (key !== undefined) route.open(key, true);
  }
}
