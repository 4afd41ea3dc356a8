/** What was written, answered, stored and read in a run, and whatever of it was wrong at the moment it happened. */

/** A message that a host wrote. */
export interface Written {
  readonly text: string;
  readonly from: string;
  readonly to: string;
  /** The client has it, as far as its host knows: not where it died before it was kept, or logged out. */
  isKept: boolean;
  /** The last answer's result; undefined while there is none. */
  result?: string | undefined;
  reason?: string | undefined;
}

/** A session's place on the wire. */
interface OnWire {
  readonly entry: number;
  readonly line: string;
}

export class Ledger {
  readonly written = new Map<string, Written>();
  /** Texts that were refused by the receiver's side, and those that a block swallowed. */
  readonly refused = new Set<string>();
  readonly swallowed = new Set<string>();
  /** By user, texts that a failover took out of the log. */
  readonly lost = new Map<string, Set<string>>();
  readonly violations: string[] = [];
  failovers = 0;
  answered = 0;
  /** By `receiver<sender`: the highest number that some device of the receiver has kept, or a classic client was given. */
  readonly #stored = new Map<string, number>();
  readonly #read = new Map<string, number>();
  /** By `user~device id`: the session that a message was appended in. */
  readonly #author = new Map<string, string>();
  readonly #onWire = new Map<string, OnWire>();
  readonly #ids = new Map<string, string>();
  /** Those that were answered. */
  readonly #answeredIds = new Set<string>();
  readonly #note: (text: string) => void;

  constructor(note: (text: string) => void) {
    this.#note = note;
  }

  get hasFailedOver(): boolean {
    return this.failovers > 0;
  }

  /** Failovers took it from both sides: it may come once more, as another message. */
  isLostTwice(text: string): boolean {
    const { from = '', to = '' } = this.written.get(text) ?? {};
    return this.lost.get(from)?.has(text) === true && this.lost.get(to)?.has(text) === true;
  }

  /** Nothing more is to be learned from this run. */
  get isOver(): boolean {
    return this.violations.length > 0;
  }

  violate(kind: string, what: string): void {
    this.#note(`VIOLATION ${kind}: ${what}`);
    this.violations.push(`${kind}: ${what}`);
  }

  write(from: string, to: string, text: string): Written {
    const written: Written = { text, from, to, isKept: true };
    this.written.set(text, written);
    return written;
  }

  /** The id that a device gave a text. */
  name(device: string, id: number, text: string): void {
    const key = `${device} ${id}`;
    const before = this.#ids.get(key);
    if (this.#answeredIds.has(key) && before !== text)
      this.violate('id', `${text} got the id ${id} of ${before}, which was answered`);
    this.#ids.set(key, text);
  }

  /** A message of a device was answered. */
  answerId(device: string, id: string, result: string, reason: string | undefined): void {
    const key = `${device} ${id}`;
    const text = this.#ids.get(key);
    if (text === undefined) return;
    this.#answeredIds.add(key);
    this.answer(text, result, reason);
  }

  answer(text: string, result: string, reason: string | undefined): void {
    const written = this.written.get(text);
    if (written === undefined) return this.violate('phantom', `an answer to ${text}, which nobody wrote`);
    const was = written.result;
    if (was !== undefined && (was === '0') !== (result === '0') && !this.hasFailedOver) {
      this.violate('answer', `${text} was answered ${was}, then ${result}`);
    }
    this.answered += 1;
    written.result = result;
    written.reason = reason;
  }

  /** A device keeps a message of another user, or a classic client was given it. */
  store(user: string, from: string, n: number): void {
    raise(this.#stored, `${user}<${from}`, n);
  }

  read(user: string, from: string, n: number): void {
    raise(this.#read, `${user}<${from}`, n);
  }

  /** What the sender sees of the other one's marks has risen. */
  judgeMark(user: string, other: string, { delivered, read }: { delivered: number; read: number }): void {
    // After a failover numbers are given to other messages.
    if (this.hasFailedOver) return;
    const key = `${other}<${user}`;
    const wasRead = this.#read.get(key) ?? 0;
    // Read implies delivered: a device may show what it has not kept yet.
    const stored = Math.max(wasRead, this.#stored.get(key) ?? 0);
    if (delivered > stored) this.violate('early', `${user}>${other} delivered up to ${delivered}, stored ${stored}`);
    if (read > wasRead) this.violate('early', `${user}>${other} read up to ${read}, was read up to ${wasRead}`);
  }

  /** A call of the store was carried out. */
  noteCall(method: string, args: readonly unknown[], answer: unknown): void {
    if (method === 'send') this.#noteSend(args, answer as { outcome: string; place?: string });
    if (method !== 'receive') return;
    const { text } = args[1] as { text: string };
    const { outcome, presence } = answer as { outcome: string; presence?: { isBlocking: boolean } };
    if (outcome === 'refused') this.refused.add(text);
    if (outcome === 'stored' && presence?.isBlocking === true) this.swallowed.add(text);
  }

  #noteSend([author, request]: readonly unknown[], { outcome }: { outcome: string }): void {
    const { user, session, device } = author as { user: string; session: string; device?: string };
    const key = `${user}~${device} ${(request as { op: number }).op}`;
    if (outcome === 'appended' && !this.#author.has(key)) this.#author.set(key, session);
  }

  /** Numbers are given again after this. */
  noteFailover(): void {
    this.failovers += 1;
    this.#onWire.clear();
  }

  /** IMS 2: an answer comes before any entry with a higher number, and entries come in order. */
  judgeWire(session: string, { user, device }: { user: string; device: string }, document: string): void {
    const entry = /^<(?:MESSAGE|FRIEND) at="((\d+)-[0-9a-f]{6})"/.exec(document);
    const before = this.#onWire.get(session) ?? { entry: 0, line: '' };
    if (entry) {
      const number = Number(entry[2]);
      if (number <= before.entry) this.violate('wire', `${session} got ${document} after ${before.line}`);
      this.#onWire.set(session, { entry: number, line: document });
      return;
    }
    const answer = /^<MESSAGE id="(\d+)" result="[-\d]+" at="(\d+)-[0-9a-f]{6}"/.exec(document);
    if (!answer || this.#author.get(`${device} ${answer[1]}`) !== session) return;
    // One that was on its way when a failover took it: its number is another's now.
    const isGone = [...(this.lost.get(user) ?? [])].some(
      (what) => before.line.includes(escapeText(what)) || before.line.includes(` type="${what}"`),
    );
    if (before.entry >= Number(answer[2]) && !isGone) {
      this.violate('wire', `${session} got the answer ${document} after ${before.line}`);
    }
  }
}

function escapeText(text: string): string {
  return `>${text.replaceAll('>', '&gt;')}<`;
}

function raise(map: Map<string, number>, key: string, n: number): void {
  map.set(key, Math.max(map.get(key) ?? 0, n));
}
