/** Whether someone looks at any tab of this browser: each holds a shared lock while it is seen, and loses it when it dies. */

const VISIBLE = 'ims/visible';
const FOCUSED = 'ims/focused';

/** Tells the other tabs from now on; the answer ends it. */
export function showWhetherSeen(): () => void {
  const stops = [holdWhile(VISIBLE, isVisible), holdWhile(FOCUSED, isFocused)];
  return () => stops.forEach((stop) => stop());
}

/** A tab is on a screen, though perhaps behind another window. */
export function isAnyTabVisible(): Promise<boolean> {
  return isAnyHolding(VISIBLE, isVisible);
}

/** A tab is in the window that someone works with. */
export function isAnyTabFocused(): Promise<boolean> {
  return isAnyHolding(FOCUSED, isFocused);
}

function isVisible(): boolean {
  return document.visibilityState === 'visible';
}

function isFocused(): boolean {
  return isVisible() && document.hasFocus();
}

async function isAnyHolding(name: string, isSo: () => boolean): Promise<boolean> {
  if (isSo()) return true;
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  return held.some((lock) => lock.name === name);
}

function holdWhile(name: string, isSo: () => boolean): () => void {
  const controller = new AbortController();
  let release: (() => void) | undefined;
  const look = (): void => {
    if (isSo() === (release !== undefined)) return;
    if (release === undefined) release = hold(name);
    else release = void release();
  };
  addEventListener('focus', look, { signal: controller.signal });
  addEventListener('blur', look, { signal: controller.signal });
  document.addEventListener('visibilitychange', look, { signal: controller.signal });
  look();
  return () => {
    controller.abort();
    release?.();
  };
}

function hold(name: string): () => void {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  // Where the page came over plain HTTP there are no locks, and then each tab is on its own.
  void navigator.locks?.request(name, { mode: 'shared' }, () => released);
  return release;
}
