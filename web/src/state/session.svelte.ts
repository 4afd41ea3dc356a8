/** The user's session: in and out, the own status, and the way of what the gateway sends to roster and conversations. */

import { DONE_RESULT, LOGIN_RESULT, MESSAGE_RESULT, STATUS_UNKNOWN } from '../../../protocol/documents.ts';
import type { ClientDocumentOf, ServerDocument, Status } from '../../../protocol/documents.ts';
import { hashPassword } from '../connection/accounts.ts';
import { Link } from '../connection/link.ts';
import { gatewayUrl } from '../connection/socket.ts';
import { Conversations } from './conversations.svelte.ts';
import { Roster } from './roster.svelte.ts';
import { clearConversations, keptUser } from './storage.ts';

/** How long LOGOUT waits for its answer. */
const LOGOUT_PATIENCE = 2_000;

const REFUSALS: Readonly<Record<string, string>> = {
  [LOGIN_RESULT.refused]: 'The name or the password is wrong.',
  [LOGIN_RESULT.banned]: 'This account has been banned by an administrator.',
};

export interface Arrival {
  readonly from: string;
  readonly text: string;
}

export class Session {
  phase = $state<'out' | 'entering' | 'in'>('out');
  isConnected = $state(false);
  /** The gateway's own word on why the connection broke. */
  reason = $state('');
  /** Why the user is not in any more, or could not get in. */
  notice = $state(keptUser() === '' ? '' : 'Log in again: this page does not keep your password.');
  user = $state(keptUser());
  statuses = $state.raw<readonly Status[]>([]);
  status = $state(STATUS_UNKNOWN);
  roster = $state.raw(this.#newRoster());
  conversations = $state.raw(this.#newConversations());
  /** The message that came last. */
  arrival = $state.raw<Arrival | undefined>();
  readonly #link = new Link(gatewayUrl(), {
    entered: () => void this.#entered(),
    lost: (reason) => this.#lost(reason),
    refused: (result) => this.#leave(REFUSALS[result] ?? 'The server did not let you in.'),
    pushed: (document) => this.#pushed(document),
  });

  /** Logs in; what comes of it shows in `phase` and `notice`. */
  logIn(user: string, password: string): void {
    this.user = user;
    this.notice = '';
    this.phase = 'entering';
    this.#link.start({ user, pass: hashPassword(password) });
  }

  /** Logs out, also where the gateway cannot be reached, and forgets the conversations. */
  async logOut(): Promise<void> {
    const answer = this.#link.ask({ name: 'LOGOUT', user: this.user }).catch(() => undefined);
    await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, LOGOUT_PATIENCE))]);
    this.#leave('');
    clearConversations();
  }

  async setStatus(status: number): Promise<boolean> {
    const document = { name: 'STATUS', user: this.user, type: 'set', code: String(status) } as const;
    const answer = await this.#link.ask(document).catch(() => undefined);
    const isDone = answer?.name === 'STATUS' && answer.result === DONE_RESULT.done;
    if (isDone) this.status = status;
    return isDone;
  }

  /** The network is back, or someone looks at the page again. */
  wake(): void {
    this.#link.wake();
    this.refresh();
  }

  refresh(): void {
    if (this.isConnected) void this.roster.refresh();
  }

  /** Keeps what a reload of this tab would lose. */
  save(): void {
    if (this.phase === 'in') this.conversations.save();
  }

  async #entered(): Promise<void> {
    this.isConnected = true;
    this.reason = '';
    if (this.phase === 'entering') {
      this.roster = this.#newRoster();
      this.conversations = this.#newConversations();
      this.arrival = undefined;
      this.phase = 'in';
    }
    void this.roster.restart();
    void this.conversations.flush();
    await this.#readStatus();
  }

  async #readStatus(): Promise<void> {
    const { user } = this;
    const [status, list] = await Promise.all([
      this.#link.ask({ name: 'STATUS', user, type: 'get' }),
      this.#link.ask({ name: 'STATUS', user, type: 'list' }),
    ]).catch(() => []);
    if (list?.name === 'STATUSLIST') this.statuses = list.statuses;
    if (status?.name === 'STATUS') this.status = Number(status.result);
  }

  #lost(reason: string | undefined): void {
    this.isConnected = false;
    this.reason = reason ?? '';
    if (this.phase === 'entering') this.#leave(reason ?? 'The server cannot be reached. Try again in a moment.');
  }

  #leave(notice: string): void {
    this.save();
    this.#link.stop();
    this.isConnected = false;
    this.notice = notice;
    this.phase = 'out';
  }

  #pushed(document: ServerDocument): void {
    if (document.name === 'LOGOUT') this.#leave('An administrator ended your session.');
    if (document.name === 'FRIEND' && 'from' in document) this.roster.receiveInvitation(document.from);
    if (document.name !== 'MESSAGE' || !('from' in document)) return;
    const { from, text } = document;
    this.#saw(from, true);
    if (this.conversations.receive(from, text)) this.arrival = { from, text };
  }

  #newRoster(): Roster {
    return new Roster(this.user, (document) => this.#link.ask(document));
  }

  #newConversations(): Conversations {
    const session = this;
    return new Conversations(this.user, {
      get isConnected() {
        return session.isConnected;
      },
      ask: (document) => this.#askMessage(document),
    });
  }

  async #askMessage(document: ClientDocumentOf<'MESSAGE'>): Promise<ServerDocument> {
    const answer = await this.#link.ask(document);
    if (answer.name === 'MESSAGE' && 'result' in answer && answer.result !== MESSAGE_RESULT.refused) {
      this.#saw(document.to ?? '', answer.result === MESSAGE_RESULT.sent);
    }
    return answer;
  }

  /** A friend was found here or away: where the list says otherwise, it is old. */
  #saw(name: string, isHere: boolean): void {
    const friend = this.roster.find(name);
    if (friend !== undefined && (friend.status !== STATUS_UNKNOWN) !== isHere) this.refresh();
  }
}
