/** Documents with random values, in which attributes may be missing: every kind, in either direction. */

import type { ClientDocument, EntryDocument, ServerDocument } from '../../protocol/documents.ts';
import type { Random } from '../helpers/random.ts';

interface RandomDocuments {
  randomClientDocument(alphabet: string): ClientDocument;
  randomServerDocument(alphabet: string): ServerDocument;
}

/** A source of documents whose values come from `randomText`. */
export function createRandomDocuments(random: Random, randomText: (alphabet: string) => string): RandomDocuments {
  const list = <T>(item: () => T): T[] => Array.from({ length: random.int(4) }, item);

  function randomClientDocument(alphabet: string): ClientDocument {
    const value = (): string | undefined => (random.chance(0.8) ? randomText(alphabet) : undefined);
    return random.pick<() => ClientDocument>([
      () => ({ name: 'LOGIN', user: value(), pass: value() }),
      () => ({
        ...{ name: 'LOGIN', user: value(), pass: value(), token: value(), version: value(), device: value() },
        ...{ label: value(), epoch: value(), after: value(), marks: value(), status: value() },
      }),
      () => ({ name: 'LOGOUT', user: value() }),
      () => ({ name: 'MESSAGE', id: value(), to: value(), from: value(), text: randomText(alphabet) }),
      () => ({ name: 'STATUS', user: value(), type: value(), code: value() }),
      () => ({ name: 'FRIEND', user: value(), type: value(), friend: value(), other: value() }),
      () => ({ name: 'ALIVE' }),
      () => ({ name: 'ACK', at: value() }),
      () => ({ name: 'READ', with: value(), upto: value() }),
      () => ({ name: 'LOG', before: value(), limit: value() }),
      () => ({ name: 'TYPING', from: value(), to: value() }),
      () => ({ name: random.chance() ? 'BLOCK' : 'UNBLOCK', user: value() }),
    ])();
  }

  function randomEntry(alphabet: string): EntryDocument {
    const value = (): string => randomText(alphabet);
    const maybe = (): string | undefined => (random.chance() ? value() : undefined);
    const base = { at: maybe(), time: maybe(), from: value(), to: value() };
    return random.chance()
      ? { name: 'MESSAGE', ...base, n: maybe(), device: maybe(), id: maybe(), text: value() }
      : { name: 'FRIEND', ...base, type: random.pick(['invite', 'accept', 'deny', 'delete']) };
  }

  function randomServerDocument(alphabet: string): ServerDocument {
    const value = (): string => randomText(alphabet);
    const maybe = (): string | undefined => (random.chance() ? value() : undefined);
    const status = (): number => random.int(9) - 1;
    return random.pick<() => ServerDocument>([
      () => ({
        ...{ name: 'LOGIN', user: maybe(), result: value(), version: maybe(), token: maybe(), epoch: maybe() },
        ...{ after: maybe(), first: maybe(), head: maybe(), sent: maybe(), marks: maybe() },
      }),
      () => ({ name: 'LOGOUT', user: maybe(), result: value() }),
      () => ({
        ...{ name: 'MESSAGE', id: maybe(), result: value(), at: maybe(), time: maybe(), n: maybe(), reason: maybe() },
      }),
      () => randomEntry(alphabet),
      () => ({ name: 'STATUS', type: maybe(), result: value() }),
      () => ({ name: 'STATUSLIST', statuses: list(() => ({ id: random.int(9), name: value() })) }),
      () => ({ name: 'FRIEND', type: value(), result: value() }),
      () => ({ name: 'FRIENDS', friends: list(() => ({ user: value(), status: status(), since: maybe() })) }),
      () => ({ name: 'ERROR', code: 'busy', text: value(), id: maybe() }),
      () => ({ name: 'ALIVE' }),
      () => ({ name: 'LOG', first: maybe(), head: maybe(), entries: list(() => randomEntry(alphabet)) }),
      () => ({
        ...{ name: 'MARK', with: value(), delivered: value(), read: value(), seen: value() },
        ...{ refused: maybe(), blocked: maybe(), v: value() },
      }),
      () => ({ name: 'PRESENCE', user: value(), status: value(), since: maybe() }),
      () => ({ name: 'TYPING', from: value(), to: value() }),
      () => ({ name: random.chance() ? 'BLOCK' : 'UNBLOCK', user: maybe(), result: value() }),
      () => ({ name: 'RECONNECT', within: value() }),
    ])();
  }

  return { randomClientDocument, randomServerDocument };
}
