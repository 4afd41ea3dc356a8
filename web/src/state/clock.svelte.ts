/** The time, as exact as words like `yesterday` need it. */

/** They are true for so long; ms. */
const MINUTE = 60_000;

let now = $state(Date.now());

setInterval(() => (now = Date.now()), MINUTE);

export const clock = {
  /** Milliseconds since the epoch. */
  get now(): number {
    return now;
  },
};
