/** A chat between a client and a screen: what is entered there goes to the client, what the client tells is shown there. */

import { Board, isSameUser } from './board.ts';
import type { ChatClient } from './chat-client.ts';
import { COMMANDS, completeLine, findCommand } from './commands.ts';
import type { Screen } from './screen.ts';
import { makeLine } from './text.ts';
import { Watch, type WatchParts } from './watch.ts';
import { sayConnection, sayStatus } from './words.ts';
import type { Connection, Conversation, Outcome, Update } from '../../protocol/client.ts';
import { toUserKey, type Status } from '../../protocol/documents.ts';

export interface ChatParts extends WatchParts {
  /** With whom to begin. */
  readonly to?: string | undefined;
  /** The connection is out, and the user did not want it. */
  out(connection: Extract<Connection, { state: 'out' }>): void;
  /** The user wants to leave; or all was answered, and there will be no more lines. */
  left(): void;
}

/** Who has pressed no key for so long may not be there: what comes is not called read. */
const ATTENTION = 5 * 60_000;
/** The answer to LOGOUT ends a session in order. */
const LOGOUT_TIME = 500;
/** How long a script stays after all was answered. */
const SCRIPT_GRACE = 250;

export class Chat {
  readonly client: ChatClient;
  readonly screen: Screen;
  /** A line could not be sent, or a message did not arrive. */
  hasFailed = false;
  readonly #parts: ChatParts;
  readonly #board: Board;
  readonly #watch: Watch;
  #current: string | undefined;
  #attendedAt: number;
  #isIntroduced = false;
  #isEnded = false;
  /** Messages that /quit would discard, when it was said last. */
  #toldQueued = 0;
  #isLeaving = false;

  constructor(parts: ChatParts) {
    const { client, screen, timing, to } = parts;
    this.#parts = parts;
    this.client = client;
    this.screen = screen;
    this.#current = to;
    this.#attendedAt = timing.now();
    this.#watch = new Watch(parts);
    const isCurrent = (name: string): boolean => isSameUser(this.#current, name);
    this.#board = new Board({ client, screen, isCurrent, fail: (text) => this.fail(text) });
  }

  /** The other user of the conversation of now. */
  get current(): string | undefined {
    return this.#current;
  }

  get statuses(): readonly Status[] {
    return this.#watch.statuses;
  }

  /** `isHeld`: the client has conversations from before. */
  begin(isHeld: boolean): void {
    this.screen.listen({
      entered: (line) => this.#enter(line),
      typed: (line) => this.#typed(line),
      complete: (line) => completeLine(this, line),
      ended: () => this.#end(),
    });
    if (isHeld) this.#introduce();
    this.#watch.awaitConnection();
    this.#stand();
  }

  /** What the client tells. */
  update(update: Update): void {
    if (this.#isLeaving) return;
    if (update.kind === 'connection') this.#noteConnection();
    else if (update.kind === 'friends') this.#watch.noteFriends(this.#isIntroduced);
    else if (update.kind === 'invitations') this.#noteInvitations();
    else if (update.kind === 'conversation') this.#refresh(update.with);
    else if (update.kind === 'status')
      this.screen.note(`You are ${sayStatus(update.status, this.statuses)} now: another device of yours said so.`);
    this.#stand();
    this.#checkEnd();
  }

  /** Goes to a conversation. */
  open(name: string): void {
    const isOther = !isSameUser(this.#current, name);
    this.#current = this.client.conversation(name).name;
    if (isOther) this.#board.open(name);
    this.#read();
  }

  history(name: string): void {
    this.#board.history(name);
  }

  say(name: string, text: string): void {
    const excess = toUserKey(name) === undefined ? 0 : this.client.excess(name, text);
    try {
      this.client.send(name, text);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.fail(excess > 0 ? `This is ${excess} bytes too long.` : `It cannot be sent: ${error.message}.`);
    }
  }

  /** Sends the newest message that failed in this conversation once more. */
  again(): void {
    const items = this.#current === undefined ? [] : this.client.conversation(this.#current).items;
    const failed = items.findLast((item) => item.kind === 'message' && item.state === 'failed');
    if (failed?.kind === 'message' && failed.id !== undefined) this.client.resend(failed.id);
    else this.screen.note('Nothing failed here.');
  }

  /** Says how it went with a request; where `done` is empty it shows by itself. */
  report(done: string, refused: string): (outcome: Outcome) => void {
    return (outcome) => {
      if (outcome === 'done') done === '' || this.screen.note(done);
      else this.fail(outcome === 'refused' ? refused : 'There is no answer: there is no connection now.');
    };
  }

  fail(text: string): void {
    this.hasFailed = true;
    this.screen.warn(text);
  }

  help(): void {
    const rows = COMMANDS.map(({ usage, help }) => [usage, help] as const);
    const all = [['bob: text', 'send to bob; plain text goes to the one in the line below'] as const, ...rows];
    this.screen.note(all.map(([usage, help]) => `${usage.padEnd(16)} ${help}`).join('\n'));
    this.screen.note('Tab completes. Ctrl-D, or Ctrl-C twice, leaves without logging out.');
  }

  /** IMS LOGOUT, then the end. */
  logOut(): void {
    const isOnline = this.client.connection.state === 'online';
    const queued = countQueued(this.client.conversations);
    if (queued > this.#toldQueued) {
      this.#toldQueued = queued;
      this.screen.warn(`Not sent yet: ${queued}. /quit again discards what is not; Ctrl-D keeps it.`);
      return;
    }
    this.#isLeaving = true;
    this.#watch.stop();
    this.client.logOut();
    this.#parts.timing.after(isOnline ? LOGOUT_TIME : 0, () => this.#parts.left());
  }

  /** Ends without logging out. */
  leave(): void {
    if (this.#isLeaving) return;
    this.#isLeaving = true;
    this.#watch.stop();
    this.client.stop();
    this.#parts.left();
  }

  #enter(entered: string): void {
    const line = entered.trim();
    if (line === '' || this.#isLeaving) return;
    const [, word, rest = ''] = /^\/(?!\/)(\S*)\s*(.*)$/s.exec(line) ?? [];
    if (word === undefined) this.#enterText(line.replace(/^\/\//, '/'));
    else {
      const command = findCommand(word);
      if (command) command.run(this, rest);
      else this.fail(`There is no command /${makeLine(word)}: /help shows all.`);
    }
    this.#stand();
  }

  #enterText(line: string): void {
    const [, name, text] = /^([A-Za-z0-9._-]{1,32}):\s+(.*)$/s.exec(line) ?? [];
    if (name !== undefined && text !== undefined && this.#isAddress(name)) {
      if (this.screen.isTerminal) this.open(name);
      this.say(name, text);
    } else if (this.#current !== undefined) this.say(this.#current, line);
    else this.fail('To whom? Write "bob: text", or /to bob first.');
  }

  /** Whether `name: text` is for that user: within a conversation `note: buy milk` is for the one of now. */
  #isAddress(name: string): boolean {
    if (!this.screen.isTerminal || this.#current === undefined) return true;
    const isFriend = this.client.friends.some((friend) => isSameUser(friend.name, name));
    return isFriend || this.client.conversation(name).items.length > 0;
  }

  #typed(line: string): void {
    const wasAttended = this.#isAttended;
    this.#attendedAt = this.#parts.timing.now();
    if (!wasAttended) this.#read();
    if (line !== '' && !line.startsWith('/') && this.#current !== undefined) this.client.typing(this.#current);
  }

  get #isAttended(): boolean {
    return this.#parts.timing.now() - this.#attendedAt < ATTENTION;
  }

  /** What the screen has of the conversation of now is read; for a script what it has of any. */
  #read(name = this.#current): void {
    if (name === undefined || !this.#isIntroduced) return;
    if (!this.screen.isTerminal || (isSameUser(this.#current, name) && this.#isAttended)) this.client.read(name);
  }

  #introduce(): void {
    const { client, screen } = this;
    this.#isIntroduced = true;
    if (screen.isTerminal) this.#current ??= client.conversations[0]?.name;
    this.#board.introduce();
    this.#watch.noteInvitations();
    for (const { name } of client.conversations) this.#read(name);
  }

  #noteInvitations(): void {
    if (this.#isIntroduced) this.#watch.noteInvitations();
  }

  #refresh(name: string): void {
    if (!this.#isIntroduced) {
      this.#board.refreshQueued(name);
      return;
    }
    this.#board.refresh(name);
    // The first one to write is answered without more ado.
    if (this.screen.isTerminal) this.#current ??= this.client.conversations[0]?.name;
    this.#read(name);
  }

  #noteConnection(): void {
    const { connection } = this.client;
    if (connection.state === 'out') {
      this.#watch.stop();
      this.#parts.out(connection);
      return;
    }
    if (connection.state === 'online' && connection.isCaughtUp && !this.#isIntroduced) this.#introduce();
    this.#watch.noteConnection();
  }

  #stand(): void {
    const { client, screen } = this;
    if (this.#isLeaving || client.connection.state === 'out') return;
    const unread = client.conversations.filter(({ name, unread }) => unread > 0 && !isSameUser(this.#current, name));
    const counts = unread.map(({ name, unread }) => `${makeLine(name)} ${unread}`).join(', ');
    const alerts = [counts === '' ? '' : `unread: ${counts}`, sayConnection(client.connection)];
    const to = this.#current === undefined ? undefined : makeLine(this.#current);
    const details = this.#current === undefined ? [] : this.#describe(this.#current);
    screen.stand({ to, details, alerts: alerts.filter((alert) => alert !== '') });
  }

  #describe(name: string): string[] {
    const { client } = this;
    const { isTyping, isBlocked, items } = client.conversation(name);
    const friend = client.friends.find((one) => isSameUser(one.name, name));
    const queued = countQueued([{ items }]);
    return [
      isBlocked ? 'blocked' : '',
      friend && client.connection.state === 'online' ? sayStatus(friend.status, this.statuses) : '',
      queued > 0 && client.connection.state !== 'online' ? `${queued} not sent yet` : '',
      isTyping ? 'is writing …' : '',
    ].filter((detail) => detail !== '');
  }

  /** There will be no more lines: a person leaves; a script waits until all is answered. */
  #end(): void {
    this.#isEnded = true;
    if (this.screen.isTerminal) this.leave();
    else this.#checkEnd();
  }

  #checkEnd(): void {
    if (!this.#isEnded || this.screen.isTerminal || this.#isLeaving) return;
    const { connection, conversations } = this.client;
    if (connection.state !== 'online' || !connection.isCaughtUp || countQueued(conversations) > 0) return;
    // What was answered and shown is told to the gateway first.
    this.#parts.timing.after(SCRIPT_GRACE, () => this.leave());
  }
}

function countQueued(conversations: readonly Pick<Conversation, 'items'>[]): number {
  const items = conversations.flatMap((conversation) => conversation.items);
  return items.filter((item) => item.kind === 'message' && item.state === 'queued').length;
}
