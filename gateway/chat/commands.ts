/** What can be entered besides text: one row a command; and how Tab completes a line. */

import type { Chat } from './chat.ts';
import { makeLine } from './text.ts';
import { sayInvitation, sayStatus } from './words.ts';
import { toAsciiLower, toUserKey } from '../../protocol/documents.ts';

export interface Command {
  /** As `/help` shows it; the first word is its name. */
  readonly usage: string;
  readonly help: string;
  run(chat: Chat, rest: string): void;
}

/** Runs with a name: the one that is given, or the other user of the conversation of now. */
function withName(run: (chat: Chat, name: string) => void, isOptional = false): Command['run'] {
  return (chat, rest) => {
    const name = rest === '' && isOptional ? chat.current : rest;
    if (name === undefined || name === '') chat.fail('Whom do you mean? Write the name behind the command.');
    else if (toUserKey(name) === undefined) chat.fail(`No user can have the name ${makeLine(name)}.`);
    else run(chat, name);
  };
}

/** What was done shows as an entry, but not in classic IMS. */
function changeFriendship(
  chat: Chat,
  type: 'add' | 'accept' | 'deny' | 'delete',
  name: string,
  done: string,
  refused: string,
): void {
  chat.client.friend(type, name, chat.report(chat.client.isClassic ? done : '', refused));
}

/** With a name that is one of the open invitations where there is only one. */
function withInvitation(run: (chat: Chat, name: string) => void): Command['run'] {
  return (chat, rest) => {
    const { invitations } = chat.client;
    withName(run)(chat, rest === '' && invitations.length === 1 ? invitations[0]! : rest);
  };
}

export const COMMANDS: readonly Command[] = [
  { usage: '/to bob', help: 'talk to bob from now on', run: withName((chat, name) => chat.open(name)) },
  {
    usage: '/history [bob]',
    help: 'show what was before',
    run: withName((chat, name) => chat.history(name), true),
  },
  { usage: '/friends', help: 'friends, and who wants to be one', run: showFriends },
  {
    usage: '/add bob',
    help: 'ask bob to be friends',
    run: withName((chat, name) => {
      changeFriendship(chat, 'add', name, `${name} was asked.`, `${name} could not be asked.`);
    }),
  },
  {
    usage: '/accept [bob]',
    help: 'become friends',
    run: withInvitation((chat, name) => {
      changeFriendship(chat, 'accept', name, `You are friends with ${name}.`, `${name} has not asked.`);
    }),
  },
  {
    usage: '/deny [bob]',
    help: 'do not',
    run: withInvitation((chat, name) => {
      changeFriendship(chat, 'deny', name, `You declined ${name}.`, `${name} has not asked.`);
    }),
  },
  {
    usage: '/remove bob',
    help: 'end a friendship, or take back what you asked',
    run: withName((chat, name) => {
      changeFriendship(chat, 'delete', name, `${name} is no friend now.`, `${name} was no friend.`);
    }),
  },
  {
    usage: '/block bob',
    help: 'nothing of bob arrives any more',
    run: withName((chat, name) => {
      chat.client.block(name, true, chat.report(`${name} is blocked.`, `${name} cannot be blocked.`));
    }),
  },
  {
    usage: '/unblock bob',
    help: 'it does again',
    run: withName((chat, name) => {
      chat.client.block(name, false, chat.report(`${name} is not blocked.`, `${name} was not blocked.`));
    }),
  },
  { usage: '/status [away]', help: 'set your own status; alone: which there are', run: setStatus },
  { usage: '/again', help: 'send once more what failed', run: (chat) => chat.again() },
  { usage: '/quit', help: 'log out; what is kept here is removed', run: (chat) => chat.logOut() },
  { usage: '/help', help: 'show this', run: (chat) => chat.help() },
];

export function findCommand(word: string): Command | undefined {
  return COMMANDS.find((command) => nameOf(command) === `/${word.toLowerCase()}`);
}

/** The lines that this one may become, and the part that they replace. */
export function completeLine(chat: Chat, line: string): readonly [readonly string[], string] {
  const [, command, part = ''] = /^(\/\S+ +)(\S*)$/.exec(line) ?? [];
  if (command?.startsWith('/status'))
    return begins(
      chat.statuses.map(({ name }) => makeLine(name).toLowerCase()),
      part,
    );
  if (command !== undefined) return begins(namesIn(chat), part);
  if (line.startsWith('/'))
    return begins(
      COMMANDS.map((one) => `${nameOf(one)} `),
      line,
    );
  return begins(
    namesIn(chat).map((name) => `${name}: `),
    line,
  );
}

function begins(words: readonly string[], part: string): readonly [readonly string[], string] {
  const key = toAsciiLower(part);
  return [part === '' && words.length > 20 ? [] : words.filter((word) => toAsciiLower(word).startsWith(key)), part];
}

function namesIn({ client }: Chat): string[] {
  const names = [
    ...client.conversations.map(({ name }) => name),
    ...client.friends.map(({ name }) => name),
    ...client.invitations,
  ];
  const byKey = new Map(names.map((name) => [toAsciiLower(name), makeLine(name)]));
  return [...byKey.values()].sort();
}

function nameOf({ usage }: Command): string {
  return usage.split(' ', 1)[0]!;
}

function showFriends(chat: Chat): void {
  const { friends, invitations, conversations } = chat.client;
  const lines = friends.map(({ name, status }) => `${makeLine(name)}: ${sayStatus(status, chat.statuses)}`);
  const blocked = conversations.filter(({ isBlocked }) => isBlocked).map(({ name }) => `${makeLine(name)}: blocked`);
  const all = [...lines, ...blocked, ...invitations.map(sayInvitation)];
  chat.screen.note(all.length > 0 ? all.join('\n') : 'No friends yet: /add bob');
}

function setStatus(chat: Chat, rest: string): void {
  const names = chat.statuses.map(({ name }) => makeLine(name).toLowerCase());
  const found = chat.statuses.find(({ id, name }) => String(id) === rest || name.toLowerCase() === rest.toLowerCase());
  if (!found) {
    const there = `There are: ${names.join(', ')}.`;
    if (rest === '') chat.screen.note(there);
    else chat.fail(`There is no status ${makeLine(rest)}. ${there}`);
    return;
  }
  const name = makeLine(found.name).toLowerCase();
  chat.client.setStatus(found.id, chat.report(`You are ${name} now.`, `You cannot be ${name}.`));
}
