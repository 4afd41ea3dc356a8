/** What a tab asks of the one that runs the client, and what is answered: all of it plain data. */

import type { Client, OutReason, Outcome } from '../../../protocol/client.ts';
import type { Problem } from '../connection/account.ts';
import type { Note } from './notes.ts';

export type FriendChange = Parameters<Client['friend']>[0];

/** What became of a log-in. */
export type Entry =
  | { readonly result: 'in' }
  | { readonly result: 'out'; readonly why: OutReason; readonly reason?: string | undefined }
  /** No gateway answered; `reason`: its own word, where it gave one. */
  | { readonly result: 'unreachable'; readonly reason?: string | undefined };

export interface Commands {
  /** Brings the notes to the outbox, each once, in this order; answers with the ids of all that are there now. */
  take(notes: readonly Note[]): readonly string[];
  /** Sends a message that failed once more. */
  resend(id: number): boolean;
  /** A message that failed is not shown any more. */
  discard(id: number): boolean;
  /** The messages of this user were shown, up to this number. */
  read(name: string, upto: number): void;
  typing(name: string): void;
  /** A conversation that the scene does not have is shown: from now on it has it. */
  look(name: string): void;
  friend(type: FriendChange, name: string): Outcome;
  block(name: string, isBlocked: boolean): Outcome;
  setStatus(status: number): Outcome;
  /** Brings a page of the log that is older than what this browser has. `refused`: there is none. */
  loadOlder(): Outcome;
  /** `pass`: the MD5 of the password in hex. */
  logIn(user: string, pass: string): Entry;
  /** Nothing of the user stays. */
  logOut(): void;
  /** Both as the MD5 in hex. All other devices are out then, and this one stays in; undefined when it was changed. */
  changePassword(old: string, pass: string): Problem | undefined;
  /** What lets this device in at the gateway's HTTP side. */
  token(): string | undefined;
  /** Is the connection still good? */
  wake(): void;
}

export type CommandName = keyof Commands;
export type Arguments<N extends CommandName> = Parameters<Commands[N]>;
export type Answer<N extends CommandName> = ReturnType<Commands[N]>;

/** Who answers, or a promise of it. */
export type Answers = {
  readonly [N in CommandName]: (...args: Arguments<N>) => Answer<N> | Promise<Answer<N>>;
};

/** What may not be done twice is answered with this when nobody knows whether it was done; the rest is asked again. */
export const DOUBTS: { readonly [N in CommandName]?: Answer<N> } = { friend: 'unknown', changePassword: 'failed' };
