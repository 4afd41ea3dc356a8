/** The focus is never lost: where what had it is taken away, what is next to it gets it. */

import { rowOf } from './places.ts';
import { markStop } from './rows.ts';

/** Something that had the focus, or what is around it, and its place among those beside it. */
interface Place {
  readonly element: Element;
  readonly index: number;
}

/** Not buttons: whoever presses Enter twice would do to the next what was meant for the one before. */
const NEIGHBOURS = 'a[href], input, [tabindex="0"]:not(button)';
const HEADINGS = ':is(h2, h3)[tabindex]';

/** `root`: whatever is in there. The answer ends it. */
export function keepFocus(root: HTMLElement): () => void {
  const keeper = new Keeper();
  const controller = new AbortController();
  const { signal } = controller;
  root.addEventListener('focusin', ({ target }) => keeper.note(target as Element), { signal });
  root.addEventListener('pointerdown', () => setTimeout(() => keeper.forgetLeft()), { signal });
  const observer = new MutationObserver((records) => keeper.changed(records));
  observer.observe(root, { childList: true, subtree: true, attributeFilter: ['disabled', 'aria-current'] });
  if (document.activeElement && root.contains(document.activeElement)) keeper.note(document.activeElement);
  markStop(undefined);
  return () => {
    controller.abort();
    observer.disconnect();
  };
}

class Keeper {
  /** From what has the focus outwards. */
  #trail: readonly Place[] = [];
  /** The row of the list that had the focus last. */
  #row: Element | undefined;

  note(element: Element): void {
    this.#trail = trailOf(element);
    this.#row = rowOf(element) ?? this.#row;
    if (rowOf(element)) markStop(this.#row);
  }

  /** Somebody pressed where there is nothing: it was not lost. */
  forgetLeft(): void {
    if (isNowhere()) this.#trail = [];
  }

  changed(records: readonly MutationRecord[]): void {
    if (records.some(({ target }) => (target as Element).closest('.people') !== null)) markStop(this.#row);
    const element = this.#trail[0]?.element;
    if (element === undefined || !isNowhere() || !records.some((record) => isLoss(record, element))) return;
    // Whoever took it away may have another place for it.
    setTimeout(() => this.#restore());
  }

  #restore(): void {
    if (!isNowhere()) return;
    for (const [index, { element }] of this.#trail.entries()) {
      if (!element.isConnected) continue;
      const target = index === 0 ? element : near(element, this.#trail[index - 1]!.index);
      if (target instanceof HTMLElement) target.focus({ preventScroll: true });
      if (!isNowhere()) return;
    }
  }
}

/** It was moved, taken away, or may be pressed again. */
function isLoss({ type, target, removedNodes }: MutationRecord, element: Element): boolean {
  if (type === 'attributes') return target === element && !element.hasAttribute('disabled');
  return [...removedNodes].some((node) => node.contains(element));
}

function isNowhere(): boolean {
  return document.activeElement === null || document.activeElement === document.body;
}

function trailOf(element: Element): readonly Place[] {
  const trail: Place[] = [];
  for (let it: Element | null = element; it !== null && it !== document.body; it = it.parentElement) {
    trail.push({ element: it, index: [...(it.parentElement?.children ?? [])].indexOf(it) });
  }
  return trail;
}

/** What stands now where something was: what follows it, what is before it, or the title above. */
function near(parent: Element, index: number): Element | null {
  const neighbours = [parent.children[index], parent.children[index - 1]];
  const found = neighbours.flatMap((one) => (one === undefined ? [] : [one, ...one.querySelectorAll(NEIGHBOURS)]));
  const target = found.find((one) => one.matches(NEIGHBOURS) && one.checkVisibility());
  return target ?? (parent.matches('[tabindex]') ? parent : parent.querySelector(HEADINGS));
}
