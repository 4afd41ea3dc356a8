/** What the tabs of one user say to each other: on a BroadcastChannel, so everything reaches everyone. */

import type { CommandName } from './commands.ts';
import type { Scene, SceneChange } from './scene.ts';

/** A tab, from one load of the page to the next. */
export type Seat = string;

/** A tab's time as the one that runs the client. The later one has the higher term. */
export interface Reign {
  readonly term: number;
  readonly seat: Seat;
}

export interface Question {
  readonly kind: 'question';
  readonly from: Seat;
  /** No other one of this tab has it. */
  readonly id: number;
  readonly name: CommandName;
  readonly args: readonly unknown[];
}

export type ToHost =
  /** Wants the whole scene. */
  | { readonly kind: 'join'; readonly from: Seat }
  /** Is anyone there? It is a tick too: a hidden page's own timers are late. */
  | { readonly kind: 'ping' }
  | Question;

export type FromHost = { readonly reign: Reign } & (
  | { readonly kind: 'alive' }
  /** `to`: for one tab alone; changes with higher numbers follow. */
  | { readonly kind: 'whole'; readonly to?: Seat | undefined; readonly number: number; readonly scene: Scene }
  /** To the scene with the number before. */
  | { readonly kind: 'change'; readonly number: number; readonly change: SceneChange }
  | { readonly kind: 'answer'; readonly to: Seat; readonly id: number; readonly answer: unknown }
  /** The user has logged out: nothing is left to be shown. */
  | { readonly kind: 'left' }
);

export type Word = ToHost | FromHost;
