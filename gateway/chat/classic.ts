/** A client of classic IMS with the face of the one of IMS 2: no devices, no log, no marks; what a session brings is held while the program runs. */

import { ClassicLine } from './classic-line.ts';
import type { Address } from './link.ts';
import type {
  Connection,
  Conversation,
  ConversationMark,
  FriendView,
  Message,
  Outcome,
  OutReason,
  Timing,
  Update,
} from '../../protocol/client.ts';
import {
  DONE_RESULT,
  LOGIN_RESULT,
  MAX_DOCUMENT_BYTES,
  MESSAGE_RESULT,
  toAsciiLower,
  toUserKey,
} from '../../protocol/documents.ts';
import type { ClientDocument, ServerDocument, Status } from '../../protocol/documents.ts';
import { cleanText } from '../../protocol/characters.ts';
import { writeDocument } from '../../protocol/writer.ts';

export interface ClassicParts {
  readonly address: Address;
  readonly timing: Timing;
  update(update: Update): void;
}

/** Classic IMS tells nobody who comes and goes: it must be asked. */
const ASK_FRIENDS = 15_000;
const FIRST_DELAY = 1_000;
const LONGEST_DELAY = 20_000;

interface Talk {
  name: string;
  items: Message[];
  /** How many of them, from the first, were read. */
  seen: number;
}

/** A classic gateway says nothing of what became of messages. */
const UNMARKED: ConversationMark = { delivered: 0, read: 0, seen: 0, refused: '' };

export class ClassicClient {
  readonly isClassic = true;
  user = '';
  connection: Connection = { state: 'out', why: 'stopped' };
  friends: readonly FriendView[] = [];
  invitations: readonly string[] = [];
  readonly hasOlder = false;
  readonly #parts: ClassicParts;
  #pass: string | undefined;
  #line: ClassicLine | undefined;
  readonly #talks = new Map<string, Talk>();
  #count = 0;
  #tries = 0;
  #reason: string | undefined;
  #cancel = (): void => {};

  constructor(parts: ClassicParts) {
    this.#parts = parts;
  }

  get conversations(): readonly Conversation[] {
    const newest = ({ items }: Talk): number => items.at(-1)?.time ?? 0;
    return [...this.#talks.values()].sort((a, b) => newest(b) - newest(a)).map(({ name }) => this.conversation(name));
  }

  conversation(name: string): Conversation {
    const { items, seen, ...talk } = this.#talks.get(toAsciiLower(name)) ?? { name, items: [], seen: 0 };
    const unread = items.slice(seen).filter(({ isOwn }) => !isOwn).length;
    return { name: talk.name, items, unread, mark: UNMARKED, isBlocked: false, isTyping: false };
  }

  logIn(user: string, pass: string): void {
    this.user = user;
    this.#pass = pass;
    this.start();
  }

  start(): boolean {
    if (this.#pass === undefined) return false;
    this.#change({ state: 'offline', since: this.#parts.timing.now() });
    this.#open();
    return true;
  }

  stop(): void {
    this.#end('stopped');
  }

  logOut(): void {
    const line = this.#line;
    this.#line = undefined;
    line?.ask({ name: 'LOGOUT', user: this.user }, () => line.close());
    this.user = '';
    this.#end('left');
  }

  send(to: string, text: string): number {
    const cleaned = cleanText(text);
    if (toUserKey(to) === undefined) throw new RangeError('no user has such a name');
    if (this.excess(to, cleaned) > 0) throw new RangeError('the text is too long for a message');
    const id = (this.#count += 1);
    const { user: from } = this;
    const time = this.#parts.timing.now();
    this.#put(to, { kind: 'message', key: `own/${id}`, text: cleaned, time, isOwn: true, from, id, state: 'queued' });
    this.#sendQueued();
    return id;
  }

  excess(to: string, text: string): number {
    return Buffer.byteLength(writeDocument(this.#toDocument(to, cleanText(text)))) - MAX_DOCUMENT_BYTES;
  }

  resend(id: number): number | undefined {
    for (const { name, items } of this.#talks.values()) {
      const item = items.find((one) => one.id === id && one.state === 'failed');
      if (!item) continue;
      items.splice(items.indexOf(item), 1);
      return this.send(name, item.text);
    }
    return undefined;
  }

  read(name: string): void {
    const talk = this.#talks.get(toAsciiLower(name));
    if (!talk || talk.seen === talk.items.length) return;
    talk.seen = talk.items.length;
    this.#parts.update({ kind: 'conversation', with: talk.name });
  }

  typing(): void {}

  friend(type: 'add' | 'delete' | 'accept' | 'deny', name: string, done?: (outcome: Outcome) => void): void {
    const whom = type === 'accept' || type === 'deny' ? { other: name } : { friend: name };
    this.#ask({ name: 'FRIEND', user: this.user, type, ...whom }, (answer) => {
      if (answer) this.#dropInvitation(name);
      this.#askFriends();
      done?.(toOutcome(answer));
    });
  }

  block(_name: string, _isBlocked: boolean, done?: (outcome: Outcome) => void): void {
    done?.('refused');
  }

  setStatus(status: number, done?: (outcome: Outcome) => void): void {
    this.#ask({ name: 'STATUS', user: this.user, type: 'set', code: String(status) }, (answer) => {
      done?.(toOutcome(answer));
    });
  }

  askStatuses(done: (statuses: readonly Status[] | undefined) => void): void {
    this.#ask({ name: 'STATUS', user: this.user, type: 'list' }, (answer) => {
      done(answer?.name === 'STATUSLIST' ? answer.statuses : undefined);
    });
  }

  loadOlder(done?: (outcome: Outcome) => void): void {
    done?.('refused');
  }

  #ask(document: ClientDocument, answered: (answer: ServerDocument | undefined) => void): void {
    if (this.connection.state === 'online' && this.#line) this.#line.ask(document, answered);
    else answered(undefined);
  }

  #open(): void {
    const { address, timing } = this.#parts;
    this.#tries += 1;
    const line = new ClassicLine(address, timing, {
      opened: () => {
        const login = { name: 'LOGIN', user: this.user, pass: this.#pass } as const;
        line.ask(login, (answer) => answer?.name === 'LOGIN' && this.#entered(answer.result));
      },
      pushed: (document) => this.#take(document),
      closed: () => this.#lost(line),
    });
    this.#line = line;
  }

  #entered(result: string): void {
    if (result === LOGIN_RESULT.banned) return this.#end('banned');
    if (result !== LOGIN_RESULT.in) {
      this.#pass = undefined;
      return this.#end('credentials');
    }
    this.#tries = 0;
    this.#reason = undefined;
    this.invitations = [];
    this.#change({ state: 'online', isCaughtUp: true, isMoving: false });
    this.#askFriends();
    this.#sendQueued();
  }

  #lost(line: ClassicLine): void {
    if (line !== this.#line) return;
    this.#line = undefined;
    const { timing } = this.#parts;
    const delay = Math.min(FIRST_DELAY * 2 ** this.#tries, LONGEST_DELAY) * (0.5 + timing.random());
    this.#change({ state: 'offline', since: timing.now(), retryAt: timing.now() + delay, reason: this.#reason });
    this.#cancel();
    this.#cancel = timing.after(delay, () => this.#open());
  }

  #end(why: OutReason): void {
    this.#cancel();
    this.#line?.close();
    this.#line = undefined;
    this.#change({ state: 'out', why, reason: this.#reason });
  }

  #take(document: ServerDocument): void {
    if (document.name === 'LOGOUT') this.#end('ended');
    else if (document.name === 'ERROR') this.#reason = document.text;
    else if (document.name === 'MESSAGE' && !('result' in document)) this.#takeMessage(document.from, document.text);
    else if (document.name === 'FRIEND' && 'from' in document) {
      this.#dropInvitation(document.from);
      this.invitations = [...this.invitations, document.from];
      this.#parts.update({ kind: 'invitations' });
    }
  }

  /** The same text may come again after a connection that broke: classic IMS cannot tell. */
  #takeMessage(from: string, text: string): void {
    // What was written to oneself is shown already.
    if (toAsciiLower(from) === toAsciiLower(this.user)) return;
    const time = this.#parts.timing.now();
    const message: Message = { kind: 'message', key: `in/${(this.#count += 1)}`, text, time, isOwn: false, from };
    this.#put(from, message);
    this.#parts.update({ kind: 'message', message, isOld: false });
  }

  #put(name: string, message: Message): void {
    const key = toAsciiLower(name);
    const talk: Talk = this.#talks.get(key) ?? { name, items: [], seen: 0 };
    this.#talks.set(key, talk);
    if (!message.isOwn) talk.name = name;
    const index = talk.items.findIndex((item) => item.key === message.key);
    if (index < 0) talk.items.push(message);
    else talk.items[index] = message;
    this.#parts.update({ kind: 'conversation', with: talk.name });
  }

  #sendQueued(): void {
    if (this.connection.state !== 'online') return;
    const queued = [...this.#talks.values()].flatMap(({ name, items }) =>
      items.filter(({ state, n }) => state === 'queued' && n === undefined).map((item) => ({ name, item })),
    );
    for (const { name, item } of queued.sort((a, b) => a.item.id! - b.item.id!)) {
      // A number says that it is on its way.
      this.#put(name, { ...item, n: item.id });
      this.#ask(this.#toDocument(name, item.text), (answer) => this.#put(name, settle(item, answer)));
    }
  }

  #toDocument(to: string, text: string): ClientDocument & { name: 'MESSAGE' } {
    return { name: 'MESSAGE', from: this.user, to, text };
  }

  #askFriends(): void {
    this.#cancel();
    this.#ask({ name: 'FRIEND', user: this.user, type: 'request' }, (answer) => {
      if (answer?.name !== 'FRIENDS') return;
      this.friends = answer.friends.map(({ user: name, status }) => ({ name, status }));
      this.#parts.update({ kind: 'friends' });
      this.#cancel();
      this.#cancel = this.#parts.timing.after(ASK_FRIENDS, () => this.#askFriends());
    });
  }

  #dropInvitation(name: string): void {
    this.invitations = this.invitations.filter((other) => toAsciiLower(other) !== toAsciiLower(name));
  }

  #change(connection: Connection): void {
    this.connection = connection;
    this.#parts.update({ kind: 'connection' });
  }
}

/** No answer: the connection broke, and nobody knows whether it arrived. */
function settle(item: Message, answer: ServerDocument | undefined): Message {
  if (answer === undefined || !('result' in answer)) return { ...item, state: 'failed', reason: 'unanswered' };
  if (answer.result === MESSAGE_RESULT.refused) return { ...item, state: 'failed', reason: 'classic' };
  return answer.result === MESSAGE_RESULT.waiting
    ? { ...item, state: 'sent', reason: 'waiting' }
    : { ...item, state: 'sent' };
}

function toOutcome(answer: ServerDocument | undefined): Outcome {
  if (answer === undefined || !('result' in answer)) return 'unknown';
  return answer.result === DONE_RESULT.done ? 'done' : 'refused';
}
