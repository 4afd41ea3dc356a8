/** What comes over a client's connections, brought to what it holds: one row a document. */

import { isIncoming, lastIncoming } from './conversations.ts';
import type { HeldEntry } from './entry.ts';
import { isOwnName } from './holdings.ts';
import type { Holdings } from './holdings.ts';
import type { Keeper } from './keeper.ts';
import type { Line } from './line.ts';
import type { Lines } from './lines.ts';
import type { Notices } from './notices.ts';
import { OwnMessages } from './own.ts';
import type { OutReason } from './view.ts';
import { LOGIN_RESULT } from '../documents.ts';
import type { FriendDocument, ServerDocument } from '../documents.ts';

/** The first version of IMS that has what a client needs. */
const LEAST_VERSION = 2;
/** A session that is ended again so soon after it came back is to stay away, in milliseconds. */
const KICK = 60_000;

type Document<N extends ServerDocument['name']> = Extract<ServerDocument, { name: N }>;
type Rows = { readonly [N in ServerDocument['name']]?: (line: Line, document: Document<N>) => void };

export interface IntakeParts {
  readonly holdings: () => Holdings;
  readonly lines: Lines;
  readonly keeper: Keeper;
  readonly notices: Notices;
  now(): number;
  /** There will be no connection until the host wants one. */
  end(why: OutReason, reason?: string): void;
}

export class Intake {
  /** The gateway's last word on why a connection ends. */
  reason: string | undefined;
  readonly #parts: IntakeParts;
  readonly #own: OwnMessages;
  /** When a session was ended unasked, and its token was tried once more. */
  #kickedAt = -Infinity;
  /** On a line that is not let in yet. */
  readonly #outside: Rows = {
    LOGIN: (line, document) => this.#enter(line, document),
    ERROR: (_line, { code, text }) => {
      this.reason = text;
      if (code === 'bad-device') this.#parts.end('unsupported', text);
    },
  };
  readonly #inside: Rows = {
    MESSAGE: (line, document) => {
      if (!('result' in document)) this.#takeEntry(line, document);
      else this.#own.takeAnswer(document);
    },
    FRIEND: (line, document) => {
      if ('result' in document) line.answer(document);
      else if (document.at === undefined) this.#changeFriendship(document);
      else this.#takeEntry(line, document);
    },
    FRIENDS: (line, document) => {
      // First the entries before it: changes of friendships that are over by now.
      if (!line.isCaughtUp) this.#caughtUp(line);
      this.#holdings.people.takeAll(document.friends);
      this.#parts.notices.add('friends');
      this.#parts.notices.add('invitations');
    },
    PRESENCE: (_line, { user, status, since }) => {
      if (isOwnName(this.#holdings, user)) return this.#parts.notices.addStatus(Number(status));
      this.#holdings.people.takePresence(user, Number(status), since);
      this.#parts.notices.add('friends');
    },
    TYPING: (_line, { from }) => {
      this.#holdings.people.takeTyping(from);
      this.#parts.notices.addConversation(from);
    },
    MARK: (_line, document) => this.#takeMark(document),
    RECONNECT: (_line, { within }) => this.#parts.lines.move(Number(within) * 1000),
    LOGOUT: () => this.#kicked(),
    ERROR: (line, document) => this.#fail(line, document),
  };

  constructor(parts: IntakeParts) {
    this.#parts = parts;
    this.#own = new OwnMessages(parts.holdings, parts.notices);
  }

  receive(line: Line, documents: readonly ServerDocument[]): void {
    for (const document of documents) {
      // What came with the document that ended the connection.
      if (line.phase === 'over') return;
      const rows = line.phase === 'in' ? this.#inside : this.#outside;
      const row = rows[document.name] as ((line: Line, document: ServerDocument) => void) | undefined;
      if (row) row(line, document);
      else line.answer(document);
    }
  }

  get #holdings(): Holdings {
    return this.#parts.holdings();
  }

  #enter(line: Line, document: Document<'LOGIN'>): void {
    const { account, log, outbox, marks } = this.#holdings;
    if (document.result !== LOGIN_RESULT.in) {
      this.#refuse(document.result);
      return;
    }
    if (!(Number(document.version) >= LEAST_VERSION)) {
      this.#parts.end('unsupported');
      return;
    }
    this.reason = undefined;
    this.#parts.lines.promote();
    account.entered(document.token);
    outbox.restart(Number(document.sent ?? 0));
    log.first = document.first;
    const isSame = document.epoch === line.catchUp.epoch;
    const isResumed = isSame && document.after !== undefined && document.after === line.catchUp.after;
    line.catchUp.epoch = document.epoch;
    if (!isResumed) line.catchUp.page = [];
    // Marks that were lost, or speak of numbers that were: the next login asks for all of them.
    if (!isSame || Number(document.marks ?? 0) < line.catchUp.marks) marks.distrust();
  }

  #refuse(result: string): void {
    if (result === LOGIN_RESULT.banned) {
      this.#parts.end('banned', this.reason);
      return;
    }
    this.#holdings.account.dropCredentials();
    const wasKicked = this.#wasKicked;
    this.#kickedAt = -Infinity;
    this.#parts.end(wasKicked ? 'ended' : 'credentials', this.reason);
  }

  get #wasKicked(): boolean {
    return this.#parts.now() - this.#kickedAt < KICK;
  }

  /** The session was ended, or the device with its token: which of them, the token says. */
  #kicked(): void {
    if (this.#wasKicked) {
      this.#kickedAt = -Infinity;
      this.#holdings.account.dropCredentials();
      this.#parts.end('ended');
      return;
    }
    this.#kickedAt = this.#parts.now();
    this.#parts.lines.renew();
  }

  #takeEntry(line: Line, document: Document<'MESSAGE'> | FriendDocument): void {
    if (document.at === undefined || 'result' in document) return;
    const entry: HeldEntry = { ...document, at: document.at };
    const { catchUp } = line;
    catchUp.ahead.delete(entry.at);
    if (catchUp.page) {
      catchUp.page.push(entry);
      return;
    }
    const arrival = this.#holdings.log.takeEntry(entry);
    this.#own.recognise(entry);
    if (arrival === 'new') this.#show(entry, false);
    else if (arrival === 'back') this.#parts.notices.addConversation(this.#holdings.log.entries.peerOf(entry));
    this.#parts.keeper.then(() => catchUp.store(entry.at));
  }

  /** All that the gateway had at LOGIN has come. */
  #caughtUp(line: Line): void {
    const { catchUp } = line;
    const { log, marks } = this.#holdings;
    if (catchUp.page) this.#compare(catchUp.epoch, catchUp.page);
    else this.#own.noteDropped(log.drop(catchUp.ahead), []);
    catchUp.page = undefined;
    catchUp.ahead.clear();
    line.isCaughtUp = true;
    marks.restart((key) => lastIncoming(this.#holdings, key));
    const { after } = log;
    this.#parts.keeper.then(() => catchUp.store(after));
    this.#parts.notices.add('connection');
  }

  #compare(epoch: string | undefined, page: readonly HeldEntry[]): void {
    const { log } = this.#holdings;
    const isOld = log.epoch === undefined;
    const comparison = log.compare(epoch, page);
    for (const entry of page) this.#own.recognise(entry);
    for (const entry of comparison.added) this.#show(entry, isOld);
    this.noteDropped(comparison.dropped, page);
  }

  /** A page of the log took the place of what was held. */
  noteDropped(dropped: readonly HeldEntry[], page: readonly HeldEntry[]): void {
    this.#own.noteDropped(dropped, page);
    for (const entry of page) this.#parts.notices.addConversation(this.#holdings.log.entries.peerOf(entry));
  }

  #show(entry: HeldEntry, isOld: boolean): void {
    const peer = this.#holdings.log.entries.peerOf(entry);
    this.#parts.notices.addConversation(peer);
    if (entry.name === 'FRIEND') this.#changeFriendship(entry);
    if (!isIncoming(this.#holdings, entry)) return;
    this.#holdings.people.endTyping(peer);
    this.#parts.notices.addMessage(entry, isOld);
  }

  #changeFriendship(document: FriendDocument): void {
    this.#holdings.people.takeChange(document);
    this.#parts.notices.add('friends');
    this.#parts.notices.add('invitations');
  }

  /** Invitations of who is blocked are not shown, and their end is not told: the next LOGIN brings those that are open then. */
  #takeMark(document: Document<'MARK'>): void {
    const { marks, people } = this.#holdings;
    const changed = document.with === undefined ? marks.takeAll(Number(document.v)) : [document.with];
    if (document.with !== undefined) marks.take(document);
    for (const name of changed) {
      this.#parts.notices.addConversation(name);
      if (marks.of(name).isBlocked && people.forgetInvitation(name)) this.#parts.notices.add('invitations');
    }
  }

  #fail(line: Line, { code, text, id }: Document<'ERROR'>): void {
    if (code === 'id-used') {
      this.#own.refuseId(Number(id));
      return;
    }
    this.reason = text;
    if (code === 'replaced') this.#replaced(line, text);
    if (code !== 'epoch') return;
    this.#holdings.log.distrust();
    this.#holdings.marks.distrust();
    if (line.isCaughtUp) this.#parts.lines.renew();
    else line.lose();
  }

  #replaced(line: Line, text: string): void {
    const { lines } = this.#parts;
    if (!lines.isReplacedByOwn) {
      this.#parts.end('replaced', text);
      return;
    }
    if (lines.next === undefined) lines.forgetStray();
    line.lose();
  }
}
