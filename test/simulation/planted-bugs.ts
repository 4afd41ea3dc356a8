/** Bugs to be planted, in the client, the gateway and the store; the simulation finds each. */

export interface PlantedBug {
  readonly name: string;
  /** Seen from the build. */
  readonly file: string;
  /** Occurs there exactly once, as built. */
  readonly find: string;
  readonly replace: string;
  /** How the violation begins. */
  readonly expected: RegExp;
  /** The seed to begin with, where the first ones do not show it: it saves time. */
  readonly from?: number;
}

export const BUGS: readonly PlantedBug[] = [
  {
    name: 'what was not answered is not sent again on a new connection',
    file: 'protocol/client/outbox.js',
    find: 'this.#sent.clear();',
    replace: '',
    expected: /^(unanswered|dropped)/,
  },
  {
    name: 'a message is sent before it is kept',
    file: 'protocol/client/outbox.js',
    find: '|| !this.#kept.has(id)',
    replace: '',
    expected: /^unkept/,
  },
  {
    name: 'an entry is acknowledged before it is kept',
    file: 'protocol/client/intake.js',
    find: 'this.#parts.keeper.then(() => catchUp.store(entry.at));',
    replace: 'catchUp.store(entry.at);',
    expected: /^unkept/,
  },
  {
    name: 'an answer moves the cursor over entries that have not come',
    file: 'protocol/client/log.js',
    find: 'if (number === this.#number + 1)',
    replace: 'if (number > this.#number)',
    expected: /^(early|screen)/,
    from: 40,
  },
  {
    name: 'in a new epoch what the log has no more stays on the screen',
    file: 'protocol/client/log.js',
    find: 'isOther ? Infinity : low',
    replace: 'low',
    expected: /^(screen|view)/,
  },
  {
    name: 'what was read is not told again on a new connection',
    file: 'protocol/client/marks.js',
    find: 'restart(last) {\n        this.#told.clear();',
    replace: 'restart(last) {',
    expected: /^view/,
  },
  {
    name: 'what belongs to one step is saved in several',
    file: 'protocol/client/keeper.js',
    find: 'this.#depth += 1;',
    replace: '',
    expected: /^(bot|dropped|news|unkept|screen)/,
  },
  {
    name: 'an own LOGIN that comes late is taken for another client',
    file: 'protocol/client/lines.js',
    find: "return this.next?.phase === 'entering' || this.#ports.timing.now() < this.#strayUntil;",
    replace: 'return false;',
    expected: /^out/,
    from: 125,
  },
  {
    name: 'pushes that wait for an answer follow it newest first',
    file: 'gateway/outlet.js',
    find: 'this.#held.push(send);',
    replace: 'this.#held.unshift(send);',
    expected: /^wire/,
  },
  {
    name: 'pushes do not wait for the answer',
    file: 'gateway/outlet.js',
    find: 'if (this.#isAnswering)',
    replace: 'if (false)',
    expected: /^wire/,
  },
  {
    name: 'a push is given at once, whatever is missing before it',
    file: 'gateway/feed.js',
    find: 'number === this.#position + 1 && !this.#isDoubtful',
    replace: 'number > this.#position',
    expected: /^(screen|early)/,
    from: 40,
  },
  {
    name: 'a session that a failover took from the store is taken for one that was ended',
    file: 'gateway/authors.js',
    find: "if (answer.outcome === 'unlisted') {",
    replace: 'if (false) {',
    expected: /^out/,
    from: 80,
  },
  {
    name: 'a classic client is believed to have what was written to it',
    file: 'gateway/receipts.js',
    find: 'batch.flushedAt = this.#options.clock.now();',
    replace: 'batch.flushedAt = this.#options.clock.now(); this.#confirm((each) => each.flushedAt !== undefined);',
    expected: /^(early|lost)/,
  },
  {
    name: 'a message of the same number is taken in again',
    file: 'gateway/store/local-messages.js',
    find: 'if (n <= peer.in)',
    replace: 'if (n < peer.in)',
    expected: /^(connection|unanswered|duplicate|order|news|answer)/,
  },
];
