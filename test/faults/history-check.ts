/** Judges a history: what was promised, and the lines that contradict it. */

import { findFactViolations } from './history-facts.ts';
import type { History, Line, Operation, Session } from './history.ts';

/**
 * lost: answered with yes, and never delivered though the receiver came and took all that waited.
 * phantom: delivered and never sent, or to somebody else, or after the answer was no.
 * duplicate: twice in a session, or again after an orderly end of a session that had it.
 * order: after another of the same direction that had to come later.
 * late: answered with yes, and a session that had later ones already never got it: it came in another one.
 */
export interface Violation {
  readonly kind: 'lost' | 'phantom' | 'duplicate' | 'order' | 'late';
  /** The message, or the fact. */
  readonly about: string;
  readonly what: string;
  readonly lines: readonly Line[];
}

/** The message or fact first, then the lines that there are. */
export function violate(
  kind: Violation['kind'],
  about: string,
  what: string,
  ...lines: (Line | undefined)[]
): Violation {
  return { kind, about, what: `${about} ${what}`, lines: lines.filter((line) => line !== undefined) };
}

export function findViolations(history: History): Violation[] {
  const messages = new Map<string, Operation>();
  for (const operation of history.operations) if (operation.kind === 'message') messages.set(operation.text, operation);
  const first = new Map<Operation, Line>();
  const found: Violation[] = [];
  for (const { delivery, message } of judgeDeliveries(history, messages, found)) {
    if (!first.has(message)) first.set(message, delivery);
  }
  return [...findLost(history, messages.values(), first), ...found, ...findFactViolations(history)];
}

/** Goes through what arrived, line by line; gives what was rightly delivered, and adds what was not to `found`. */
function* judgeDeliveries(
  history: History,
  messages: ReadonlyMap<string, Operation>,
  found: Violation[],
): Generator<{ delivery: Line; message: Operation }> {
  const repeats = new Repeats();
  const inSession = new Map<Session, Sequence>();
  const overall = new Sequence();
  for (const delivery of history.lines) {
    if (delivery.type !== 'receive') continue;
    const message = messages.get(delivery.value);
    const phantom = findPhantom(delivery, message);
    if (phantom) found.push(phantom);
    if (phantom || !message) continue;
    const { isFirst, isAgain, repeated } = repeats.add(delivery, message);
    if (repeated) found.push(repeated);
    if (!isAgain) {
      const own = inSession.get(delivery.session) ?? new Sequence();
      inSession.set(delivery.session, own);
      const disordered =
        own.findLater(message, delivery) ?? (isFirst ? overall.findLater(message, delivery) : undefined);
      if (disordered) found.push(disordered);
      own.add(message, delivery);
      overall.add(message, delivery);
    }
    yield { delivery, message };
  }
}

function findPhantom(delivery: Line, message: Operation | undefined): Violation | undefined {
  const { user } = delivery.session;
  const phantom = (what: string, ...lines: (Line | undefined)[]): Violation =>
    violate('phantom', delivery.value, what, ...lines, delivery);
  if (message === undefined || message.invoked.index > delivery.index) return phantom('was never sent, and arrived');
  if (receiverOf(message) !== user) return phantom(`was not sent to ${user}, and arrived there`, message.invoked);
  if (message.state === 'fail') return phantom('was refused, and arrived', message.invoked, message.answered);
  return undefined;
}

function receiverOf({ about }: Operation): string {
  return about.slice(about.indexOf('>') + 1);
}

/** Who has had what. */
class Repeats {
  readonly #deliveries = new Map<Operation, Line[]>();

  add(delivery: Line, message: Operation): { isFirst: boolean; isAgain: boolean; repeated?: Violation } {
    const before = this.#deliveries.get(message) ?? [];
    this.#deliveries.set(message, [...before, delivery]);
    const { session } = delivery;
    const twice = before.find((line) => line.session === session);
    // IMS 2, "What is promised": it can come twice after a connection that broke, not after one that ended properly.
    const settled = before.find((line) => line.session.isOrderly && line.session.ended!.index < session.begun.index);
    const repeated = twice
      ? violate('duplicate', message.text, 'came twice in a session', twice, delivery)
      : settled &&
        violate('duplicate', message.text, 'came again after an orderly end', settled, settled.session.ended, delivery);
    return { isFirst: before.length === 0, isAgain: twice !== undefined, ...(repeated && { repeated }) };
  }
}

interface Delivered {
  readonly message: Operation;
  readonly delivery: Line;
}

/**
 * What was delivered so far, and whether it may come before this. Two messages of a direction have an order when one
 * session sent both, or when one was answered before the other was sent: an unanswered one can still be on its way.
 */
class Sequence {
  /** The one sent last, by direction, and by direction and the sender's session. */
  readonly #latest = new Map<string, Delivered>();

  add(message: Operation, delivery: Line): void {
    for (const key of keysOf(message)) {
      const latest = this.#latest.get(key);
      if (!latest || latest.message.invoked.index < message.invoked.index) this.#latest.set(key, { message, delivery });
    }
  }

  findLater(message: Operation, delivery: Line): Violation | undefined {
    const [ofDirection, ofSession] = keysOf(message).map((key) => this.#latest.get(key));
    const isAfter = (other: Delivered | undefined, line: Line | undefined): other is Delivered =>
      other !== undefined && line !== undefined && other.message.invoked.index > line.index;
    const answered = message.state === 'ok' ? message.answered : undefined;
    const later = [
      isAfter(ofSession, message.invoked) ? ofSession : undefined,
      isAfter(ofDirection, answered) ? ofDirection : undefined,
    ].find((other) => other !== undefined);
    if (later === undefined) return undefined;
    const { text } = later.message;
    const lines = [message.answered ?? message.invoked, later.delivery, delivery];
    return later.delivery.session !== delivery.session && answered !== undefined
      ? violate('late', message.text, `was answered, and left out where ${text} was delivered`, ...lines)
      : violate('order', message.text, `came after ${text}`, ...lines);
  }
}

function keysOf({ about, session }: Operation): [string, string] {
  return [about, `${about} ${session.user}/${session.count}`];
}

/** Throws where a receiver's end was not waited for: then nobody can say what is lost. */
function findLost(
  { sessions }: History,
  messages: Iterable<Operation>,
  first: ReadonlyMap<Operation, Line>,
): Violation[] {
  const lost: Violation[] = [];
  for (const message of messages) {
    if (message.state !== 'ok' || first.has(message)) continue;
    const answered = message.answered!;
    const came = sessions.find(
      ({ user, begun, drained }) => user === receiverOf(message) && drained && begun.index > answered.index,
    );
    if (!came) throw new Error(`nobody can say whether ${message.text} is lost: its receiver did not log in and drain`);
    lost.push(
      violate('lost', message.text, 'was answered, and never arrived', message.invoked, answered, came.drained),
    );
  }
  return lost;
}
