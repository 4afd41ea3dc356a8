/** What a page shows, told as it happens: runs in the page, and reads the list of messages as somebody in front of it does. */

/** A message as it stands on the screen. */
export interface ShownRow {
  readonly key: string;
  readonly text: string;
  readonly isOwn: boolean;
  /** What is said of an own message, in words: `Sent`; empty for those of others. */
  readonly state: string;
}

/** Times are milliseconds since the epoch. */
export type Observation =
  /** A document begins: nothing is shown yet. */
  | { readonly kind: 'begun' }
  /** Messages of others that somebody in front of the page could see from this moment on, by their texts. */
  | { readonly kind: 'seen'; readonly texts: readonly string[]; readonly at: number }
  /** What a frame has shown. `isWhole`: all of the conversation, not only what is drawn of it. */
  | {
      readonly kind: 'look';
      readonly peer: string;
      readonly rows: readonly ShownRow[];
      readonly isWhole: boolean;
      readonly at: number;
    };

/** The name of the function in the page that takes observations. */
export const REPORT = 'reportToTest';

/** In each new document, before any script of it. `report`: the name of the function that takes what is observed. */
export function installLens(report: string): void {
  const SEEN = 'lens/';
  const seen = new Set<string>();
  let last = '';
  let isDue = false;
  const tell = (observation: Observation): void => {
    const take = (window as unknown as Record<string, (observation: Observation) => Promise<void>>)[report]!;
    take(observation).catch(() => {});
  };
  /** `only`: an attribute that it must have. */
  const findList = (only = ''): HTMLElement | null => {
    return document.querySelector(`[role=region][aria-label^="Messages with"]${only}`);
  };
  const textOf = (bubble: Element): string => bubble.querySelector('[dir=auto]')?.textContent ?? '';
  const isOwn = (bubble: Element): boolean => bubble.querySelector('.hidden')?.textContent === 'You:';

  const noteSeen = (): void => {
    if (document.visibilityState !== 'visible' || !document.hasFocus()) return;
    const bubbles = [...(findList()?.querySelectorAll('[data-key]') ?? [])].filter((bubble) => !isOwn(bubble));
    const texts = bubbles.map(textOf).filter((text) => !seen.has(text));
    if (texts.length === 0) return;
    const at = Date.now();
    for (const text of texts) {
      seen.add(text);
      if (!(SEEN + text in localStorage)) localStorage.setItem(SEEN + text, String(at));
    }
    tell({ kind: 'seen', texts, at });
  };

  /** What is told in the last moment of a document may get lost with it. */
  const tellSeenBefore = (): void => {
    for (const [key, at] of Object.entries<string>(localStorage)) {
      if (key.startsWith(SEEN)) tell({ kind: 'seen', texts: [key.slice(SEEN.length)], at: Number(at) });
    }
  };

  const stateOf = (bubble: Element): string => {
    const state = bubble.querySelector('.state .hidden') ?? bubble.closest('.message')?.querySelector('p > span');
    return state?.textContent?.trim() ?? '';
  };

  const isWhole = (list: Element, items: readonly HTMLElement[]): boolean => {
    const edge = list.querySelector<HTMLElement>('[data-edge]')?.dataset['edge'];
    if (edge === 'archive' || edge === 'loading') return false;
    // A row whose height is not known yet is not in its place.
    if (items.some(({ style }) => style.visibility === 'hidden')) return false;
    const height = items.reduce((sum, item) => sum + item.getBoundingClientRect().height, 0);
    return Math.abs(list.querySelector('ol')!.getBoundingClientRect().height - height) < 2;
  };

  const look = (): void => {
    isDue = false;
    // Not the newest ones alone, which stand there until the list comes: what is older comes after them.
    const list = findList('[data-messages]');
    if (list === null) return;
    const items = [...list.querySelectorAll<HTMLElement>('li')];
    const bubbles = items.flatMap((item) => {
      return item.style.visibility === 'hidden' ? [] : [...item.querySelectorAll<HTMLElement>('[data-key]')];
    });
    const rows = bubbles.map((bubble): ShownRow => {
      const own = isOwn(bubble);
      return { key: bubble.dataset['key']!, text: textOf(bubble), isOwn: own, state: own ? stateOf(bubble) : '' };
    });
    const shown = {
      peer: list.getAttribute('aria-label')!.replace('Messages with ', ''),
      rows,
      isWhole: isWhole(list, items),
    };
    const now = JSON.stringify(shown);
    if (now !== last) tell({ kind: 'look', ...shown, at: Date.now() });
    last = now;
  };

  const changed = (): void => {
    noteSeen();
    if (isDue) return;
    isDue = true;
    // After the frame: what was drawn.
    requestAnimationFrame(() => setTimeout(look, 0));
  };
  tell({ kind: 'begun' });
  // A page of nowhere has no storage.
  if (location.protocol !== 'about:') tellSeenBefore();
  new MutationObserver(changed).observe(document, {
    childList: true,
    subtree: true,
    characterData: true,
    attributeFilter: ['style', 'data-edge'],
  });
  addEventListener('focus', changed);
  document.addEventListener('visibilitychange', changed);
}
