/** A finger that holds a message asks for its menu. */

/** How long it holds, in milliseconds, and how far it may stray, in pixels. */
const HOLD = 450;
const STRAY = 10;

export class Touching {
  readonly #chosen: (bubble: HTMLElement) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #start: { readonly x: number; readonly y: number } | undefined;

  /** `chosen`: it was held long enough. */
  constructor(chosen: (bubble: HTMLElement) => void) {
    this.#chosen = chosen;
  }

  readonly began = (press: PointerEvent): void => {
    this.ended();
    const bubble = (press.target as Element).closest<HTMLElement>('[data-key]');
    // A link has a menu of the browser's own.
    if (press.pointerType !== 'touch' || bubble === null || (press.target as Element).closest('a') !== null) return;
    this.#start = { x: press.clientX, y: press.clientY };
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#chosen(bubble);
    }, HOLD);
  };

  readonly moved = ({ clientX, clientY }: PointerEvent): void => {
    if (this.#start && Math.hypot(clientX - this.#start.x, clientY - this.#start.y) > STRAY) this.ended();
  };

  readonly ended = (): void => {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#start = undefined;
  };

  /** The browser's own menu would come over the page's. */
  readonly asked = (event: Event): void => {
    const isLink = (event.target as Element).closest('a') !== null;
    if (this.#start !== undefined && !isLink) event.preventDefault();
  };
}
