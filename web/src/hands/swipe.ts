/** A finger draws the conversation aside, and the list is below it: the way back on a phone. */

import { isNarrow } from './narrow.ts';

/** A finger that moved so far has a direction, in pixels. */
const SLOP = 12;
/** So much more aside than up or down. */
const STEEPNESS = 1.5;
/** Let go beyond this part of the width, or as fast as this (pixels a millisecond), it goes away. */
const FAR = 0.4;
const FAST = 0.5;
/** The speed is that of the last so many milliseconds. */
const RECENT = 100;
/** The list comes from so far, as a part of the width. */
const DEPTH = 0.25;

export interface Panes {
  readonly main: HTMLElement;
  readonly people: HTMLElement;
  readonly conversation: HTMLElement;
}

interface Point {
  readonly x: number;
  readonly y: number;
  /** Milliseconds. */
  readonly time: number;
}

/** The answer ends it. */
export function followSwipes(panes: Panes, onback: () => void): () => void {
  const swipe = new Swipe(panes, onback);
  const controller = new AbortController();
  const { signal } = controller;
  const { conversation } = panes;
  conversation.addEventListener('pointerdown', (press) => swipe.began(press), { signal });
  conversation.addEventListener('pointermove', (move) => swipe.moved(move), { signal });
  conversation.addEventListener('pointerup', (end) => void swipe.ended(end), { signal });
  conversation.addEventListener('pointercancel', () => void swipe.cancelled(), { signal });
  conversation.addEventListener('touchmove', (move) => swipe.touched(move), { signal, passive: false });
  return () => {
    controller.abort();
    swipe.reset();
  };
}

class Swipe {
  readonly #panes: Panes;
  readonly #onback: () => void;
  #start: Point | undefined;
  #points: Point[] = [];
  #isDrawn = false;
  /** It goes by itself. */
  #isMoving = false;

  constructor(panes: Panes, onback: () => void) {
    this.#panes = panes;
    this.#onback = onback;
  }

  began(press: PointerEvent): void {
    if (this.#isMoving) return;
    // A second finger means something else.
    if (!press.isPrimary) return void this.cancelled();
    if (press.pointerType !== 'touch' || !isNarrow() || (visualViewport?.scale ?? 1) > 1.01) return;
    if (hasOwnUse(press.target as Element, this.#panes.conversation)) return;
    this.#start = pointOf(press);
    this.#points = [this.#start];
  }

  moved(move: PointerEvent): void {
    if (this.#start === undefined || !move.isPrimary) return;
    const point = this.#note(move);
    if (!this.#isDrawn) this.#decide(move, point);
    if (this.#isDrawn) this.#show(this.#way(point));
  }

  async ended(end: PointerEvent): Promise<void> {
    if (this.#start === undefined || !end.isPrimary) return;
    const way = this.#way(this.#note(end));
    const isAway = way > this.#width() * FAR ? this.#speed() > -FAST : this.#speed() > FAST;
    this.#start = undefined;
    if (this.#isDrawn) await this.#letGo(way, isAway);
  }

  async cancelled(): Promise<void> {
    if (this.#start === undefined) return;
    const way = this.#way(this.#points.at(-1)!);
    this.#start = undefined;
    if (this.#isDrawn) await this.#letGo(way, false);
  }

  /** To the browser a swipe would go on by its own weight, and the next tap be what stops it. */
  touched(move: TouchEvent): void {
    if (this.#isDrawn && move.cancelable) move.preventDefault();
  }

  /** Everything is where it was. */
  reset(): void {
    const { main, people, conversation } = this.#panes;
    conversation.style.transform = '';
    people.style.transform = '';
    delete main.dataset['swipe'];
    this.#isDrawn = false;
    this.#isMoving = false;
    this.#start = undefined;
    this.#points = [];
  }

  #note(event: PointerEvent): Point {
    const point = pointOf(event);
    this.#points = [...this.#points.filter(({ time }) => point.time - time < RECENT), point];
    return point;
  }

  /** Aside, the right way: it is a swipe. Any other way: it is none. */
  #decide(move: PointerEvent, point: Point): void {
    const { x, y } = this.#start!;
    const aside = (point.x - x) * this.#sign();
    const along = Math.abs(point.y - y);
    if (Math.hypot(aside, along) < SLOP) return;
    this.#start = aside > along * STEEPNESS ? point : undefined;
    if (this.#start === undefined) return;
    this.#isDrawn = true;
    this.#panes.main.dataset['swipe'] = '';
    this.#panes.conversation.setPointerCapture(move.pointerId);
  }

  #show(way: number): void {
    const { people, conversation } = this.#panes;
    const [front, back] = this.#placesAt(way);
    conversation.style.transform = front;
    people.style.transform = back;
  }

  #placesAt(way: number): readonly [string, string] {
    const back = (way - this.#width()) * DEPTH;
    return [`translateX(${way * this.#sign()}px)`, `translateX(${back * this.#sign()}px)`];
  }

  async #letGo(way: number, isAway: boolean): Promise<void> {
    this.#isMoving = true;
    await this.#glide(way, isAway ? this.#width() : 0);
    if (isAway) {
      this.#show(this.#width());
      const isGone = new Promise((resolve) => addEventListener('hashchange', resolve, { once: true }));
      this.#onback();
      // The list is drawn with it.
      await Promise.race([isGone, new Promise((resolve) => setTimeout(resolve, 500))]);
      await new Promise((resolve) => setTimeout(resolve));
    }
    this.reset();
  }

  async #glide(from: number, to: number): Promise<void> {
    const { people, conversation } = this.#panes;
    const duration = matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 220;
    const [front, back] = this.#placesAt(from);
    const [frontTo, backTo] = this.#placesAt(to);
    const timing = { duration, easing: 'cubic-bezier(0.2, 0.8, 0.2, 1)', fill: 'forwards' } as const;
    const glides = [
      conversation.animate({ transform: [front, frontTo] }, timing),
      people.animate({ transform: [back, backTo] }, timing),
    ];
    await Promise.allSettled(glides.map(({ finished }) => finished));
    this.#show(to);
    for (const glide of glides) glide.cancel();
  }

  /** How far it is drawn aside, in pixels. */
  #way(point: Point): number {
    if (this.#start === undefined) return 0;
    return Math.min(Math.max((point.x - this.#start.x) * this.#sign(), 0), this.#width());
  }

  #speed(): number {
    const [first, last] = [this.#points[0], this.#points.at(-1)];
    if (first === undefined || last === undefined || last.time === first.time) return 0;
    return ((last.x - first.x) * this.#sign()) / (last.time - first.time);
  }

  #width(): number {
    return this.#panes.conversation.clientWidth;
  }

  /** Where text runs from right to left, so does the way back. */
  #sign(): 1 | -1 {
    return getComputedStyle(this.#panes.main).direction === 'rtl' ? -1 : 1;
  }
}

function pointOf({ clientX, clientY, timeStamp }: PointerEvent): Point {
  return { x: clientX, y: clientY, time: timeStamp };
}

/** A field in which a finger moves the cursor, or something that scrolls aside itself. */
function hasOwnUse(target: Element, root: Element): boolean {
  if (target.closest('input, textarea, select, dialog, [popover]') !== null) return true;
  for (let it: Element | null = target; it !== null && it !== root; it = it.parentElement) {
    const isScroller = /auto|scroll/.test(getComputedStyle(it).overflowX) && it.scrollWidth > it.clientWidth + 1;
    if (isScroller) return true;
  }
  return false;
}
