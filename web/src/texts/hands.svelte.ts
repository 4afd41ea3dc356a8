/** What the switcher, the sheet of keys and the skip links say: a catalogue of their own, loaded with them and not before. */

import { LaterCatalogue } from './catalogue.svelte.ts';
import { en, type HandsTexts } from './hands/en.ts';

const catalogue = new LaterCatalogue<HandsTexts>(en, {
  de: () => import('./hands/de.ts').then(({ de }) => de),
  ar: () => import('./hands/ar.ts').then(({ ar }) => ar),
});

/** The catalogue, in the language that was spoken of last. */
export function handsTexts(): HandsTexts {
  return catalogue.texts;
}

/** Brings the catalogue into the language of the page; where that cannot be loaded it stays as it is. */
export function speakOfHands(): Promise<void> {
  return catalogue.speak();
}
