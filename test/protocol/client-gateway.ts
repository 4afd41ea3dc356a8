/** A gateway in forty rules, and a network that delays and cuts: what a client must survive, played from a seed. */

import { MemoryStorage } from '../../protocol/client.ts';
import type {
  ClientDocument,
  ClientDocumentOf,
  EntryDocument,
  MessageDocument,
  ServerDocument,
} from '../../protocol/documents.ts';
import { time } from './client-stage.ts';
import type { StageLink } from './client-stage.ts';

type Answer = Extract<ServerDocument, { name: 'MESSAGE'; result: string }>;
type Entry = EntryDocument & { at: string };

/** A connection as the gateway and the network have it. */
export interface Pipe {
  readonly link: StageLink;
  /** On their way to the gateway, and to the client. */
  readonly up: ClientDocument[];
  readonly down: ServerDocument[];
  isOpen: boolean;
  /** The gateway's end is over. */
  isOver: boolean;
  device?: string | undefined;
}

/** Alice's log, her devices, and bob, who writes to her. */
export class ModelGateway {
  epoch = '0';
  entries: Entry[] = [];
  readonly pipes: Pipe[] = [];
  acknowledged: string[] = [];
  #newest = new Map<string, Pipe>();
  #answers = new Map<string, { text: string; answer: Answer }>();
  #n = { out: 0, in: 0 };
  #checks = 0;

  handle(pipe: Pipe, document: ClientDocument): void {
    if (document.name === 'LOGIN') this.#logIn(pipe, document);
    else if (document.name === 'MESSAGE') this.#send(pipe, document);
    else if (document.name === 'ACK') this.acknowledged.push(document.at ?? '');
    else if (document.name === 'ALIVE') pipe.down.push({ name: 'ALIVE' });
  }

  fromBob(text: string): void {
    const n = String(++this.#n.in);
    this.#append({ name: 'MESSAGE', at: this.#place(), time: this.#time(), n, from: 'Bob', to: 'alice', text });
  }

  /** A failover loses the last entries and what is known of them; the other side's copies come back in another order. */
  loseTail(count: number, isBack: (entry: MessageDocument) => boolean): void {
    const lost = this.entries.splice(Math.max(0, this.entries.length - count)) as (MessageDocument & { at: string })[];
    this.epoch = `e${++this.#checks}`;
    for (const [key, { answer }] of this.#answers)
      if (lost.some(({ at }) => at === answer.at)) this.#answers.delete(key);
    const back = lost
      .filter((entry) => entry.from === 'Bob' || isBack(entry))
      .sort((a, b) => (a.from < b.from ? -1 : 1));
    for (const entry of back) {
      const { name, from, to, n, text } = entry;
      const at = `${this.#number + 1}-${entry.at.split('-')[1]}`;
      this.entries.push({ name, at, time: this.#time(), n, from, to, text });
    }
    this.#n.out = Math.max(
      0,
      ...this.entries.filter(({ from }) => from === 'alice').map((entry) => Number((entry as MessageDocument).n)),
    );
    for (const pipe of this.pipes.filter(({ isOver, device }) => !isOver && device !== undefined)) {
      pipe.down.push({ name: 'ERROR', code: 'epoch', text: '' });
      pipe.isOver = true;
    }
  }

  #logIn(pipe: Pipe, { device = '', epoch, after }: ClientDocumentOf<'LOGIN'>): void {
    pipe.device = device;
    this.#newest.set(device, pipe);
    const held = this.entries.findIndex(({ at }) => at === after);
    const isResumed = held >= 0 && epoch === this.epoch;
    const ids = [...this.#answers.keys()]
      .filter((key) => key.startsWith(`${device} `))
      .map((key) => Number(key.split(' ')[1]));
    pipe.down.push({
      ...{ name: 'LOGIN', user: 'alice', result: '1', version: '2', token: 'alice~d~s', epoch: this.epoch },
      ...{ after: isResumed ? after : undefined, first: this.entries[0]?.at, head: this.entries.at(-1)?.at },
      ...{ sent: String(Math.max(0, ...ids)), marks: '0' },
    } as ServerDocument);
    pipe.down.push(...this.entries.slice(isResumed ? held + 1 : 0), { name: 'FRIENDS', friends: [] });
  }

  #send(pipe: Pipe, { id = '', to = '', text }: ClientDocumentOf<'MESSAGE'>): void {
    const key = `${pipe.device} ${id}`;
    const known = this.#answers.get(key);
    if (known) {
      if (known.text === text) pipe.down.push(known.answer);
      else pipe.down.push({ name: 'ERROR', code: 'id-used', id, text: '' });
      return;
    }
    if (this.#newest.get(pipe.device ?? '') !== pipe) {
      pipe.down.push({ name: 'ERROR', code: 'replaced', text: '' });
      pipe.isOver = true;
      return;
    }
    const check = checkOf(key);
    const copy = this.entries.find(
      (entry) => entry.at.endsWith(`-${check}`) && entry.from === 'alice',
    ) as MessageDocument;
    const entry = copy ?? this.#appendOwn(pipe, to, text, id, check);
    const answer: Answer = { name: 'MESSAGE', id, result: '1', at: entry.at, time: entry.time, n: entry.n };
    this.#answers.set(key, { text, answer });
    pipe.down.push(answer);
  }

  #appendOwn(pipe: Pipe, to: string, text: string, id: string, check: string): MessageDocument {
    const entry: MessageDocument & { at: string } = {
      ...{ name: 'MESSAGE', at: `${this.#number + 1}-${check}`, time: this.#time(), n: String(++this.#n.out) },
      ...{ from: 'alice', to, device: pipe.device, id, text },
    };
    this.#append(entry, pipe);
    return entry;
  }

  #append(entry: Entry, author?: Pipe): void {
    this.entries.push(entry);
    for (const pipe of this.pipes)
      if (!pipe.isOver && pipe.device !== undefined && pipe !== author) pipe.down.push(entry);
  }

  get #number(): number {
    return Number(this.entries.at(-1)?.at.split('-')[0] ?? 0);
  }

  #place(): string {
    return `${this.#number + 1}-${checkOf(`bob ${++this.#checks}`)}`;
  }

  #time(): string {
    return time(this.#number + 1);
  }
}

/** What a storage had at this moment. */
export function copyStorage({ kept }: MemoryStorage): MemoryStorage {
  const copy = new MemoryStorage();
  for (const [key, value] of kept) copy.kept.set(key, value);
  return copy;
}

/** Six hex digits of a text (FNV-1a). */
function checkOf(text: string): string {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, '0').slice(0, 6);
}
