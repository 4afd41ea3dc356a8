/** Friends with their status, and the invitations that are open in either direction. */

import { DONE_RESULT, STATUS_UNKNOWN, toAsciiLower, toUserKey } from '../../../protocol/documents.ts';
import type { ClientDocumentOf, Friend, ServerDocument } from '../../../protocol/documents.ts';

type FriendDocument = ClientDocumentOf<'FRIEND'>;
type Ask = (document: FriendDocument) => Promise<ServerDocument>;

const UNKNOWN: Outcome = {
  result: 'unknown',
  text: 'The connection broke, so it is not known whether that was done. Look again in a moment.',
};

/** What became of a change: a sentence for people. */
export interface Outcome {
  readonly result: 'done' | 'refused' | 'unknown';
  readonly text: string;
}

/** What another user is to this one; `inviting`: invited this one, `invited`: by this one. */
export type Relation = 'self' | 'friend' | 'inviting' | 'invited' | 'stranger';

export class Roster {
  /** As the gateway listed them last; undefined before that. */
  friends = $state.raw<readonly Friend[] | undefined>();
  /** Who invited this user, oldest first. */
  invitations = $state.raw<readonly string[]>([]);
  /** Whom this page invited. Classic IMS neither lists these nor says that one was denied. */
  invited = $state.raw<readonly string[]>([]);
  readonly #user: string;
  readonly #ask: Ask;
  #repeated = new Set<string>();

  constructor(user: string, ask: Ask) {
    this.#user = user;
    this.#ask = ask;
  }

  /** The friend of this name. */
  find(name: string): Friend | undefined {
    return this.friends?.find((friend) => isSame(friend.user, name));
  }

  relationTo(name: string): Relation {
    if (isSame(name, this.#user)) return 'self';
    if (this.find(name) !== undefined) return 'friend';
    if (this.invitations.some((other) => isSame(other, name))) return 'inviting';
    return this.invited.some((other) => isSame(other, name)) ? 'invited' : 'stranger';
  }

  /** A session begins: IMS hands the open invitations out again, ahead of the answer to the first question. */
  async restart(): Promise<void> {
    const repeated = new Set<string>();
    this.#repeated = repeated;
    if (await this.refresh()) this.invitations = this.invitations.filter((name) => repeated.has(name));
  }

  /** Asks for the friends: classic IMS does not say when one comes, goes or accepts. */
  async refresh(): Promise<boolean> {
    const answer = await this.#ask({ name: 'FRIEND', user: this.#user, type: 'request' }).catch(() => undefined);
    if (answer?.name !== 'FRIENDS') return false;
    this.friends = answer.friends.map(({ user, status }) => ({
      user,
      status: Number.isInteger(status) ? status : STATUS_UNKNOWN,
    }));
    this.invited = this.invited.filter((name) => this.find(name) === undefined);
    this.invitations = this.invitations.filter((name) => this.find(name) === undefined);
    return true;
  }

  /** IMS FRIEND type="invite". */
  receiveInvitation(from: string): void {
    this.#repeated.add(from);
    this.invitations = [...without(this.invitations, from), from];
  }

  async invite(name: string): Promise<Outcome> {
    const relation = this.relationTo(name);
    if (toUserKey(name) === undefined)
      return refusal('A name has letters, digits, dots, dashes and underscores alone.');
    if (relation === 'self') return refusal('That is your own name.');
    if (relation === 'friend') return refusal(`${name} is your friend already.`);
    const hasInvited = relation === 'inviting';
    const outcome = await this.#change(
      { type: 'add', friend: name },
      hasInvited ? `You and ${name} are friends now.` : `Invitation sent. You will see ${name} here once they accept.`,
      `There is no user “${name}”, or no room for another friend.`,
    );
    if (outcome.result !== 'done') return outcome;
    this.invitations = without(this.invitations, name);
    if (!hasInvited) this.invited = [...without(this.invited, name), name];
    await this.refresh();
    return outcome;
  }

  async accept(name: string): Promise<Outcome> {
    const outcome = await this.#answer(name, 'accept', `You and ${name} are friends now.`);
    if (outcome.result === 'done') await this.refresh();
    return outcome;
  }

  deny(name: string): Promise<Outcome> {
    return this.#answer(name, 'deny', `You denied the invitation from ${name}.`);
  }

  /** Ends a friendship, or withdraws an own invitation. */
  async remove(name: string): Promise<Outcome> {
    const done = this.find(name) ? `${name} is not your friend any more.` : `Invitation to ${name} withdrawn.`;
    const gone = `There was nothing to remove: ${name} may have been faster.`;
    const outcome = await this.#change({ type: 'delete', friend: name }, done, gone);
    if (outcome.result !== 'unknown') this.invited = without(this.invited, name);
    await this.refresh();
    return outcome;
  }

  async #answer(name: string, type: 'accept' | 'deny', done: string): Promise<Outcome> {
    const outcome = await this.#change(
      { type, other: name },
      done,
      `The invitation from ${name} is not open any more.`,
    );
    if (outcome.result !== 'unknown') this.invitations = without(this.invitations, name);
    return outcome;
  }

  async #change(change: Omit<FriendDocument, 'name' | 'user'>, done: string, refused: string): Promise<Outcome> {
    const answer = await this.#ask({ name: 'FRIEND', user: this.#user, ...change }).catch(() => undefined);
    if (answer?.name !== 'FRIEND' || !('result' in answer)) return UNKNOWN;
    return answer.result === DONE_RESULT.done ? { result: 'done', text: done } : refusal(refused);
  }
}

function refusal(text: string): Outcome {
  return { result: 'refused', text };
}

/** The names but one, whatever its case. */
function without(names: readonly string[], name: string): string[] {
  return names.filter((other) => !isSame(other, name));
}

function isSame(a: string, b: string): boolean {
  return toAsciiLower(a) === toAsciiLower(b);
}
