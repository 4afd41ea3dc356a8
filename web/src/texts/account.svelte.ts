/** What the settings and the measure of a password say: a catalogue of their own, loaded with them and not before. */

import { en, type AccountTexts } from './account/en.ts';
import { LaterCatalogue } from './catalogue.svelte.ts';

const catalogue = new LaterCatalogue<AccountTexts>(en, {
  de: () => import('./account/de.ts').then(({ de }) => de),
  ar: () => import('./account/ar.ts').then(({ ar }) => ar),
});

/** The catalogue, in the language that was spoken of last. */
export function accountTexts(): AccountTexts {
  return catalogue.texts;
}

/** Brings the catalogue into the language of the page; where that cannot be loaded it stays as it is. */
export function speakOfAccount(): Promise<void> {
  return catalogue.speak();
}
