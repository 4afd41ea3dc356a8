/** What is said about things that people do, beyond logging in and reading; {@link bring} loads it with what needs it. */

import { LaterCatalogue } from './catalogue.svelte.ts';
import { en, type DoingTexts } from './doing/en.ts';
import { follow } from './texts.svelte.ts';

const catalogue = new LaterCatalogue<DoingTexts>(en, {
  de: () => import('./doing/de.ts').then(({ de }) => de),
  ar: () => import('./doing/ar.ts').then(({ ar }) => ar),
});

/** The catalogue. */
export const doing: DoingTexts = follow(en, () => catalogue.texts);

/** Brings it into the language of the page; where that cannot be loaded it stays as it is. */
export function speakOfDoing(): Promise<void> {
  return catalogue.speak();
}
