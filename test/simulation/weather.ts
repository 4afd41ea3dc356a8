/** What may go wrong in a run, and how often: drawn from the seed, so that runs differ in kind. */

import type { Random } from '../helpers/random.ts';

/** The ends of a range, in milliseconds. */
type Range = readonly [number, number];

export interface Weather {
  /** Between the ends of a connection. */
  latency: Range;
  pushDelay: Range;
  /** Of a thousand calls of the store, so many are slow, or their answer is lost. */
  badCalls: number;
  callDelay: Range;
  /** Of a hundred slow calls that are answered, so many are carried out once more, later. */
  repeatedCalls: number;
  /** 0: calls that were carried out are answered. */
  lostAnswers: number;
  /** Of a hundred saves of a client, so many are slow. */
  slowSaves: number;
  saveDelay: Range;
}

export function drawWeather(random: Random): Weather {
  return {
    latency: random.pick([
      [1, 5],
      [5, 60],
      [20, 400],
    ] as const),
    pushDelay: random.pick([
      [0, 1],
      [0, 20],
      [5, 300],
    ] as const),
    badCalls: random.pick([0, 5, 30, 120]),
    callDelay: random.pick([
      [1, 10],
      [5, 200],
      [10, 1_500],
    ] as const),
    repeatedCalls: random.pick([0, 0, 20]),
    lostAnswers: random.pick([0, 1, 1]),
    slowSaves: random.pick([0, 20, 80]),
    saveDelay: random.pick([
      [1, 20],
      [10, 700],
    ] as const),
  };
}

/** From now on nothing goes wrong. */
export function clearUp(weather: Weather): void {
  Object.assign(weather, {
    ...{ latency: [1, 10], pushDelay: [0, 5], badCalls: 0, callDelay: [1, 5] },
    ...{ repeatedCalls: 0, lostAnswers: 0, slowSaves: 0, saveDelay: [1, 5] },
  } satisfies Weather);
}
