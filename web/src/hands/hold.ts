/** A finger that holds a row of the list asks for its menu, as a mouse does: browsers differ in whether they say so. */

import { rowOf } from './places.ts';

/** How long it holds, in milliseconds, and how far it may stray, in pixels. */
const HOLD = 450;
const STRAY = 10;

/** The row hears `contextmenu`; it prevents the default if it has a menu. The answer ends it. */
export function followHolds(root: HTMLElement): () => void {
  const hold = new Hold();
  const controller = new AbortController();
  const options = { signal: controller.signal, capture: true };
  root.addEventListener('pointerdown', (press) => hold.began(press), options);
  root.addEventListener('pointermove', (move) => hold.moved(move), options);
  root.addEventListener('pointerup', () => hold.ended(), options);
  root.addEventListener('pointercancel', () => hold.ended(), options);
  root.addEventListener('contextmenu', (asked) => hold.asked(asked), options);
  root.addEventListener('click', (click) => hold.clicked(click), options);
  return () => {
    controller.abort();
    hold.ended();
  };
}

class Hold {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #press: PointerEvent | undefined;
  /** A menu is there for this press: what else comes of it is not meant. */
  #isDone = false;

  began(press: PointerEvent): void {
    this.ended();
    this.#isDone = false;
    const row = rowOf(press.target);
    if (press.pointerType !== 'touch' || !press.isPrimary || row === undefined) return;
    this.#press = press;
    this.#timer = setTimeout(() => this.#ask(row, press), HOLD);
  }

  moved({ clientX, clientY }: PointerEvent): void {
    if (this.#press === undefined) return;
    if (Math.hypot(clientX - this.#press.clientX, clientY - this.#press.clientY) > STRAY) this.ended();
  }

  ended(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#press = undefined;
  }

  /** The browser says it too, before or after. */
  asked(event: MouseEvent): void {
    if (!event.isTrusted) return;
    if (this.#isDone) swallow(event);
    this.ended();
  }

  clicked(click: MouseEvent): void {
    if (!this.#isDone) return;
    this.#isDone = false;
    swallow(click);
  }

  #ask(row: HTMLElement, { clientX, clientY }: PointerEvent): void {
    this.ended();
    const event = new MouseEvent('contextmenu', { bubbles: true, cancelable: true, clientX, clientY });
    this.#isDone = !row.dispatchEvent(event);
  }
}

function swallow(event: Event): void {
  event.preventDefault();
  event.stopPropagation();
}
