/** A finger that holds a row of the list asks for its menu: some phones do not tell it by themselves. */

/** How long it holds, in milliseconds, and how far it may stray, in pixels. */
const HOLD = 450;
const STRAY = 10;

/** From a touch that just began: `held` is called if the finger stays. */
export function hold({ clientX, clientY }: PointerEvent, held: () => void): void {
  const controller = new AbortController();
  const { signal } = controller;
  const timer = setTimeout(() => {
    held();
    // What the finger does when it leaves is no press.
    controller.abort();
    addEventListener('click', stop, { capture: true, once: true });
    addEventListener('pointerdown', () => removeEventListener('click', stop, { capture: true }), { once: true });
  }, HOLD);
  signal.addEventListener('abort', () => clearTimeout(timer));
  const end = (): void => controller.abort();
  for (const kind of ['pointerup', 'pointercancel', 'scroll', 'contextmenu'] as const) {
    addEventListener(kind, end, { capture: true, signal });
  }
  const moved = (move: PointerEvent): void => {
    if (Math.hypot(move.clientX - clientX, move.clientY - clientY) > STRAY) end();
  };
  addEventListener('pointermove', moved, { signal });
}

function stop(click: Event): void {
  click.preventDefault();
  click.stopPropagation();
}
