/** Where on the page the keys lead to: found by what the components have said of themselves. */

const ROWS = '.people a[id^="person-"]';

/** The rows of the list of people, as they stand there. */
export function listRows(): HTMLAnchorElement[] {
  return [...document.querySelectorAll<HTMLAnchorElement>(ROWS)];
}

export function rowOf(target: EventTarget | null): HTMLAnchorElement | undefined {
  return (target instanceof Element && target.closest<HTMLAnchorElement>(ROWS)) || undefined;
}

/** The key of whom a row is about. */
export function keyOfRow({ id }: HTMLAnchorElement): string {
  return id.slice('person-'.length);
}

/** Where in the list one comes to: the row of the open conversation, else the first one, else its title. */
export function focusList(): void {
  const rows = listRows();
  const row = rows.find((one) => one.hasAttribute('aria-current')) ?? rows.at(0);
  (row ?? document.getElementById('people-title'))?.focus();
}

/** The place to write; or, where it is not there, the conversation's title. */
export function focusComposer(): void {
  const composer = document.querySelector<HTMLElement>('.conversation textarea');
  (composer ?? document.getElementById('conversation-title'))?.focus();
}

/** The field that searches; false where there is none. */
export function focusSearch(): boolean {
  const field = document.querySelector<HTMLElement>('[data-search]');
  field?.focus();
  return field !== null && field === document.activeElement;
}

/** The choice of the own status. */
export function focusStatus(): void {
  document.querySelector<HTMLElement>('[data-status], .people select')?.focus();
}

/** Something lies over the page, and its keys are its own. */
export function isCovered(): boolean {
  return document.querySelector('dialog[open], :popover-open') !== null;
}

/** Someone types there, or chooses by letters. */
export function isTyped(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !/^(button|checkbox|radio|range|submit|reset)$/.test(target.type);
  return target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName);
}
