/** Where someone is in a list of messages: stays at the end who is there, and what one reads stays where it is. */

/** This close to the end counts as there, in pixels. */
const NEAR_END = 48;
/** Somebody who touched something so many milliseconds ago is the one who scrolls. */
const TOUCHED = 400;
/** Rows that were measured so many milliseconds ago may still be finding their place. */
const UNSETTLED = 150;
/** What people scroll with. */
const INPUTS = ['wheel', 'touchmove', 'pointerdown', 'keydown'] as const;

export class Scroller {
  isAtEnd = $state(true);
  /** What scrolls. */
  readonly #list: HTMLElement;
  readonly #observer: ResizeObserver;
  readonly #mayStay: () => boolean;
  #top = 0;
  #viewport = 0;
  #lastInput = -Infinity;
  #lastResize = -Infinity;
  readonly #noteInput = (): void => {
    this.#lastInput = performance.now();
  };

  /** `content`: what grows within; `mayStay`: whether the end of what is drawn is the end. */
  constructor(list: HTMLElement, content: HTMLElement, mayStay: () => boolean) {
    this.#list = list;
    this.#mayStay = mayStay;
    this.#viewport = list.clientHeight;
    this.#observer = new ResizeObserver(() => this.#resized());
    this.#observer.observe(list);
    this.#observer.observe(content);
    for (const input of INPUTS) list.addEventListener(input, this.#noteInput, { passive: true });
  }

  stop(): void {
    this.#observer.disconnect();
    for (const input of INPUTS) this.#list.removeEventListener(input, this.#noteInput);
  }

  /** Goes to the end, and stays there. */
  toEnd(): void {
    this.isAtEnd = true;
    this.#goToEnd();
  }

  /** Goes there: pixels from the top of all that is drawn. */
  toTop(top: number): void {
    this.isAtEnd = false;
    this.#goTo(top);
  }

  /** It was scrolled, by someone or by the list itself. */
  scrolled(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.#list;
    const isNear = scrollHeight - scrollTop - clientHeight < NEAR_END;
    if (isNear) this.isAtEnd = this.#mayStay();
    else if (this.isAtEnd && scrollTop < this.#top && this.#isByHand()) this.isAtEnd = false;
    // Rows that turned out to be higher, or a window that got lower, take nobody away from the end.
    else if (this.isAtEnd) this.#goToEnd();
    this.#remember();
  }

  #isByHand(): boolean {
    const now = performance.now();
    return now - this.#lastInput < TOUCHED || now - this.#lastResize > UNSETTLED;
  }

  #resized(): void {
    this.#lastResize = performance.now();
    const lost = this.#viewport - this.#list.clientHeight;
    if (this.isAtEnd) this.#goToEnd();
    // A keyboard came up: what stood above the place to write still does.
    else if (lost !== 0) this.#list.scrollTop += lost;
    this.#remember();
  }

  #goToEnd(): void {
    this.#goTo(this.#list.scrollHeight);
  }

  #goTo(top: number): void {
    const before = this.#list.scrollTop;
    this.#list.scrollTop = top;
    this.#remember();
    // The browser would tell it with the next frame only: the rows there are drawn with this one.
    if (this.#list.scrollTop !== before) this.#list.dispatchEvent(new Event('scroll'));
  }

  #remember(): void {
    this.#top = this.#list.scrollTop;
    this.#viewport = this.#list.clientHeight;
  }
}
