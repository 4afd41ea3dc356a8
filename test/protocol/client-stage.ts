/** A stage for clients: a clock that is moved by hand, links that are looked into, and short words for what a gateway sends. */

import assert from 'node:assert/strict';
import { Client, ENTRY, entryNumber, MemoryStorage, numberOf } from '../../protocol/client.ts';
import type {
  Change,
  ClientOptions,
  EntryRange,
  HeldEntry,
  LinkListener,
  Storage,
  Update,
} from '../../protocol/client.ts';
import type { ClientDocument, ClientDocumentOf, ServerDocument } from '../../protocol/documents.ts';
import { createRandom } from '../helpers/random.ts';

export const PASS = '5f4dcc3b5aa765d61d8327deb882cf99';

/** Time that passes only when told. */
export class Clock {
  time = 1_700_000_000_000;
  readonly #timers = new Set<{ at: number; action: () => void }>();

  now(): number {
    return this.time;
  }

  after(ms: number, action: () => void): () => void {
    const timer = { at: this.time + ms, action };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  pass(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const [next] = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.#timers.delete(next);
      this.time = Math.max(this.time, next.at);
      next.action();
    }
    this.time = end;
  }
}

/** A connection seen from the gateway. */
export class StageLink {
  readonly listener: LinkListener;
  isClosed = false;
  #sent: ClientDocument[] = [];

  constructor(listener: LinkListener) {
    this.listener = listener;
  }

  readonly send = (...documents: readonly ClientDocument[]): void => {
    assert.equal(this.isClosed, false, 'sent on a link that was closed');
    this.#sent.push(...documents);
  };

  readonly close = (): void => {
    this.isClosed = true;
  };

  /** What was sent since this was asked last, without ALIVE. */
  take(): ClientDocument[] {
    return this.#sent.splice(0).filter(({ name }) => name !== 'ALIVE');
  }

  /** The same with ALIVE. */
  takeAll(): ClientDocument[] {
    return this.#sent.splice(0);
  }

  open(): ClientDocumentOf<'LOGIN'> | undefined {
    this.listener.opened();
    const [login] = this.take();
    return login?.name === 'LOGIN' ? login : undefined;
  }

  receive(...documents: readonly ServerDocument[]): void {
    this.listener.received(...documents);
  }

  cut(): void {
    this.isClosed = true;
    this.listener.closed();
  }

  /** LOGIN is let in, entries follow, and FRIENDS. */
  enter(login: Partial<ServerDocument & { name: 'LOGIN' }> = {}, ...entries: readonly ServerDocument[]): void {
    this.receive(welcome(login), ...entries, { name: 'FRIENDS', friends: [] });
  }
}

/** A storage that confirms only when told. */
export class SlowStorage implements Storage {
  readonly memory = new MemoryStorage();
  #saved: (() => void) | undefined;
  saves = 0;

  save(changes: readonly Change[], saved: () => void, cleared: readonly EntryRange[] = []): void {
    assert.equal(this.#saved, undefined, 'a save before the last one was confirmed');
    this.saves += 1;
    this.memory.save(changes, () => (this.#saved = saved), cleared);
  }

  /** All that waits, and what waits for that. */
  confirm(): void {
    for (let saved = this.#saved; saved; saved = this.#saved) {
      this.#saved = undefined;
      saved();
    }
  }
}

export interface Stage {
  readonly client: Client;
  readonly clock: Clock;
  readonly links: StageLink[];
  readonly updates: Update[];
  readonly storage: Storage;
  /** The newest link. */
  readonly link: StageLink;
  /** Texts of what was news. */
  readonly news: string[];
  /** Cuts the connection; a new one is open a moment later. Answers with its LOGIN. */
  reopen(): ClientDocumentOf<'LOGIN'> | undefined;
}

/** A client that is not started. `react` is called with each update. */
export function createStage(
  options: ClientOptions & { storage?: Storage; clock?: Clock; seed?: number; react?: (update: Update) => void } = {},
): Stage {
  const { storage = new MemoryStorage(), clock = new Clock(), seed = 1, react } = options;
  const links: StageLink[] = [];
  const updates: Update[] = [];
  const random = createRandom(seed);
  const kept = options.kept ?? (storage instanceof MemoryStorage ? new Map(storage.kept) : []);
  const ports = {
    open(listener: LinkListener): StageLink {
      const link = new StageLink(listener);
      links.push(link);
      return link;
    },
    storage,
    timing: {
      now: () => clock.now(),
      after: (ms: number, action: () => void) => clock.after(ms, action),
      random: () => random.int(1_000_000) / 1_000_000,
    },
    update(update: Update): void {
      updates.push(update);
      react?.(update);
    },
  };
  return {
    client: new Client(ports, { kept, label: options.label, window: options.window, floor: options.floor }),
    clock,
    links,
    updates,
    storage,
    get link() {
      return links.at(-1)!;
    },
    get news() {
      return updates.flatMap((update) => (update.kind === 'message' ? [update.message.text] : []));
    },
    reopen() {
      this.link.cut();
      clock.pass(2_000);
      return this.link.open();
    },
  };
}

/** What a host that has much gives a client: the newest entries, and of each conversation what stands for it. */
export function takeWindow(kept: ReadonlyMap<string, unknown>, window: number): ClientOptions {
  const isEntry = ([key]: readonly [string, unknown]): boolean => entryNumber(key) !== undefined;
  const entries = [...kept].filter(isEntry).map(([, value]) => value as HeldEntry);
  entries.sort((a, b) => numberOf(b.at) - numberOf(a.at));
  const first = entries[window];
  if (first === undefined) return { kept, window };
  const floor = numberOf(first.at) + 1;
  const held = entries.filter(({ at }) => numberOf(at) >= floor);
  for (const peer of new Set(entries.map(otherOf))) {
    const own = entries.filter((entry) => otherOf(entry) === peer);
    held.push(own[0]!, ...own.filter(({ name, from }) => name === 'MESSAGE' && from !== 'alice').slice(0, 1));
  }
  const chosen = held.map((entry) => [ENTRY + entry.at, entry] as const);
  return { kept: [...[...kept].filter((pair) => !isEntry(pair)), ...chosen], floor, window };
}

function otherOf({ from, to }: HeldEntry): string {
  return (from === 'alice' ? to : from).toLowerCase();
}

/** A client of alice that is logged in and caught up; the log is empty. */
export function enterStage(options: Parameters<typeof createStage>[0] = {}): Stage {
  const stage = createStage(options);
  stage.client.logIn('alice', PASS);
  stage.link.open();
  stage.link.enter({ token: 'alice~d~secret' });
  stage.link.take();
  return stage;
}

export function welcome(login: Partial<ServerDocument & { name: 'LOGIN' }> = {}): ServerDocument {
  return { name: 'LOGIN', user: 'alice', result: '1', version: '2', epoch: '0', sent: '0', marks: '0', ...login };
}

/** A place with the number's own check, or another. */
export function place(number: number, check = number.toString(16).padStart(6, '0')): string {
  return `${number}-${check}`;
}

export function time(number: number): string {
  return new Date(1_700_000_000_000 + number * 1_000).toISOString();
}

/** An entry of alice's log: bob's message `n`. */
export function fromBob(number: number, n: number, text = `bob ${n}`, at = place(number)): ServerDocument {
  return { name: 'MESSAGE', at, time: time(number), n: String(n), from: 'Bob', to: 'alice', text };
}

/** An entry of alice's log: her own message `n` to bob. */
export function toBob(number: number, n: number, text: string, device?: string, id?: number, at = place(number)) {
  const by = { device, id: id?.toString() };
  return { name: 'MESSAGE', at, time: time(number), n: String(n), from: 'alice', to: 'Bob', ...by, text } as const;
}

/** The answer to alice's message. */
export function answer(id: number, number: number, n: number, result = '1', reason?: string): ServerDocument {
  return { name: 'MESSAGE', id: String(id), result, at: place(number), time: time(number), n: String(n), reason };
}

export function mark(v: number, values: Partial<ServerDocument & { name: 'MARK' }> = {}): ServerDocument {
  return { name: 'MARK', with: 'Bob', delivered: '0', read: '0', seen: '0', v: String(v), ...values };
}

/** The conversation as a screen shows it: `> text state` for own messages, `< text` for others. */
export function shown(client: Client, name = 'bob'): string[] {
  return client.conversation(name).items.map((item) => {
    if (item.kind === 'friend') return `* ${item.change}`;
    const { isOwn, text, state, reason } = item;
    return isOwn ? `> ${text} ${state}${reason === undefined ? '' : `:${reason}`}` : `< ${text}`;
  });
}

/** The documents' names, with what identifies them. */
export function brief(documents: readonly ClientDocument[]): string[] {
  return documents.map((document) => {
    if (document.name === 'MESSAGE') return `MESSAGE ${document.id} ${document.text}`;
    if (document.name === 'ACK') return `ACK ${document.at}`;
    if (document.name === 'READ') return `READ ${document.with} ${document.upto}`;
    return document.name;
  });
}
