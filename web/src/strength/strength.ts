/** How hard a password is to guess: what is asked of the worker, and what it answers. */

import type { TranslationKeys } from '@zxcvbn-ts/core';

/** From 0, guessed at once, to 4, hardly ever. */
export type Score = 0 | 1 | 2 | 3 | 4;

export type Warning = keyof TranslationKeys['warnings'];
export type Suggestion = keyof TranslationKeys['suggestions'];

export interface Strength {
  readonly score: Score;
  /** What makes it weak. */
  readonly warning: Warning | undefined;
  /** What would make it stronger. */
  readonly suggestions: readonly Suggestion[];
}

export interface StrengthQuestion {
  readonly id: number;
  readonly password: string;
  /** What a stranger who knows the user tries first. */
  readonly known: readonly string[];
}

export interface StrengthAnswer {
  readonly id: number;
  readonly strength: Strength;
}
