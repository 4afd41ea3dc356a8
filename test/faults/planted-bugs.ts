/** Bugs that somebody could write, each with the scenario in which the history checker must see it. */

import type { Violation } from './history-check.ts';
import type { Change } from './planted-gateway.ts';
import type { ScenarioName } from './planted-scenarios.ts';

export interface Bug extends Change {
  readonly name: string;
  readonly scenario: ScenarioName;
  /** What the checker must call it, among other things. */
  readonly expected: Violation['kind'];
}

const SEND = 'await services.messaging.send(owner, to, document.text, op)';

export const BUGS: readonly Bug[] = [
  {
    name: 'the second step of a message takes a repeat for a new one',
    file: 'store/scripts/receive.lua',
    find: 'if n <= record.last then',
    replace: 'if n == record.last then ARGV[7] = n end\nif n < record.last then',
    scenario: 'the gateway is killed after an answer',
    expected: 'duplicate',
  },
  {
    name: 'a message is answered before it is stored',
    file: 'handlers/message.js',
    find: `const sent = ${SEND};`,
    replace: `const sent = { outcome: 'self', copy: undefined }; setTimeout(async () => { ${SEND}; }, 100);`,
    scenario: 'the gateway is killed after an answer',
    expected: 'lost',
  },
  {
    name: 'a status is answered and not stored',
    file: 'store/scripts/set-status.lua',
    find: "call('HSET', KEYS[1], 'status', ARGV[3], ",
    replace: "call('HSET', KEYS[1], ",
    scenario: 'the gateway is killed after a status was set',
    expected: 'lost',
  },
  {
    name: 'a TCP client is believed to have what the system took for it',
    file: 'receipts.js',
    find: 'batch.flushedAt = this.#options.clock.now();',
    replace: 'batch.flushedAt = this.#options.clock.now(); this.#confirm((each) => each.flushedAt !== undefined);',
    scenario: 'the receiver does not read, and its connection is reset',
    expected: 'lost',
  },
  {
    name: 'a receipt is not written down',
    file: 'store/scripts/confirm.lua',
    find: "call('HSET', KEYS[1], 'delivered', delivered, 'untold'",
    replace: "call('HSET', KEYS[1], 'untold'",
    scenario: 'the receiver logs in and out, twice',
    expected: 'duplicate',
  },
  {
    name: 'the first step of a message does not know its last answer',
    file: 'store/scripts/send.lua',
    find: 'if op == last then return answer end',
    replace: '',
    scenario: 'answers of Redis are cut off',
    expected: 'duplicate',
  },
  {
    name: 'a log that is too long drops what was not delivered',
    file: 'store/scripts/prelude-log.lua',
    find: 'local last = delivered_of(account)',
    replace: 'local last = tonumber(account.head)',
    scenario: 'more waits than a log keeps',
    expected: 'lost',
  },
  {
    name: 'a push comes to every user of the gateway',
    file: 'delivery.js',
    find: '(push) => this.#pushed(seats, push)',
    replace: '(push) => { for (const each of this.#users.values()) this.#pushed(each.seats, push); }',
    scenario: 'two receivers on one gateway',
    expected: 'phantom',
  },
  {
    name: 'a refused message is answered as one that waits',
    file: 'handlers/message.js',
    find: 'return MESSAGE_RESULT.refused;',
    replace: 'return MESSAGE_RESULT.waiting;',
    scenario: 'the mailbox is full',
    expected: 'lost',
  },
  {
    name: 'a refused message is stored all the same',
    file: 'store/scripts/receive.lua',
    find: "if is_full then return { 'refused', 'full' } end",
    replace: `if is_full then
      append(KEYS[2], KEYS[3], account, ARGV[6], 'in', n, ARGV[3], ARGV[4], name, ARGV[5])
      write_head(KEYS[1], account)
      return { 'refused', 'full' }
    end`,
    scenario: 'the mailbox is full',
    expected: 'phantom',
  },
  {
    name: 'the second step of a message does not care for the one before, and takes a number passed over for taken',
    file: 'store/scripts/receive.lua',
    find: `  return (known or ARGV[3]) == ARGV[3] and answer_stored(is_hidden) or { 'diverged' }
end

if tonumber(ARGV[7]) ~= record.last then`,
    replace: '  return answer_stored(is_hidden)\nend\n\nif false then',
    scenario: 'one sender on two gateways at once',
    expected: 'lost',
  },
  {
    name: 'pushes that wait for an answer follow it newest first',
    file: 'outlet.js',
    find: 'this.#held.push(send);',
    replace: 'this.#held.unshift(send);',
    scenario: 'the receiver is busy itself',
    expected: 'order',
  },
  {
    name: 'a push is given at once, whatever is missing before it',
    file: 'feed.js',
    find: 'if (!this.#isReading && isNext && this.#receiver.isReady)',
    replace: 'if (number > this.#position)',
    scenario: 'the push connection is cut',
    expected: 'late',
  },
];
