/** Reads a whole conversation from the screen, of which only what is in view is drawn: from the top to the end, as one would. */

import type { Page } from 'playwright-core';

/** The texts of the open conversation, from top to bottom; afterwards one is at the end. */
export function readTexts(page: Page): Promise<string[]> {
  return page.getByRole('region', { name: /^Messages with/ }).evaluate(async (list) => {
    const isPlaced = (row: HTMLElement): boolean => row.style.visibility !== 'hidden';
    // Time for what is read, a frame for what is drawn (a busy machine may draw none in that time), and until the height of
    // each row is known: before, it is not in its place.
    const pause = async (): Promise<void> => {
      do await new Promise<void>((done) => setTimeout(() => requestAnimationFrame(() => done()), 25));
      while (![...list.querySelectorAll('li')].every(isPlaced));
    };
    const texts = new Map<string, string>();
    const note = (): void => {
      for (const bubble of list.querySelectorAll<HTMLElement>('[data-key]'))
        texts.set(bubble.dataset['key']!, bubble.querySelector('[dir=auto]')!.textContent ?? '');
    };
    const where = (): string => [list.scrollTop, list.scrollHeight].join();
    const isComing = (): boolean => list.querySelector('[data-edge="archive"], [data-edge="loading"]') !== null;

    // The top is where nothing more comes.
    for (let still = 0; still < 10;) {
      const before = where();
      list.scrollTop = 0;
      await pause();
      still = where() === before && list.scrollTop <= 0 && !isComing() ? still + 1 : 0;
    }
    note();
    for (let still = 0; still < 4 && list.scrollHeight > list.clientHeight;) {
      const before = where();
      list.scrollTop += list.clientHeight * 0.6;
      await pause();
      note();
      still = where() === before ? still + 1 : 0;
    }
    note();
    return [...texts.values()];
  });
}
