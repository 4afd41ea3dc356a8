/** Messages and logs in Redis. */

import { randomBytes } from 'node:crypto';
import { toAsciiLower } from '../../protocol/documents.ts';
import { userKeys } from './keys.ts';
import { toEntry, toPending, toSent, toStreamId } from './redis-entries.ts';
import type { StreamEntry } from './redis-entries.ts';
import type { Link } from './redis-link.ts';
import { PAGE } from './store.ts';
import type {
  Entry,
  MessageCopy,
  PendingMessage,
  ReceiveAnswer,
  RefusedReason,
  SendAnswer,
  SessionId,
  Settlement,
  Store,
  UserKey,
} from './store.ts';

/** The random part of a place. */
export function createCheck(): string {
  return randomBytes(3).toString('hex');
}

function toSendAnswer(answer: string): SendAnswer {
  if (answer === 'fenced' || answer === 'unlisted') return { outcome: answer };
  const [, place, time, n, previous] = answer.split('|') as [string, string, string, string, string];
  return { outcome: 'appended', place, time: Number(time), n: Number(n), check: place.slice(-6), previous };
}

type Received =
  ['stored', string, string, string, SessionId[]] | ['refused', RefusedReason] | ['ahead', number] | ['diverged'];

function toReceiveAnswer(answer: Received): ReceiveAnswer {
  switch (answer[0]) {
    case 'refused':
      return { outcome: 'refused', reason: answer[1] };
    case 'ahead':
      return { outcome: 'ahead', last: answer[1] };
    case 'diverged':
      return { outcome: 'diverged' };
    case 'stored': {
      const [, name, status, banned, sessions] = answer;
      return { outcome: 'stored', presence: { name, status: Number(status), banned: banned === '1', sessions } };
    }
  }
}

function flatten(settled: readonly Settlement[]): (string | number)[] {
  return settled.flatMap(({ to, n, check, refused }) => [to, n, check ?? '', refused ?? '']);
}

/** What `pick` makes of entries, newest first, until it says to stop: what is missing elsewhere is nearly always at the end. */
async function* readBack<T extends { n: number }>(link: Link, user: UserKey, pick: (entry: Entry) => T | undefined) {
  for (let end = '+'; ;) {
    const entries = await link.ask((redis) => redis.xrevrange(userKeys(user).log, end, '-', 'COUNT', PAGE));
    for (const entry of entries as StreamEntry[]) {
      const picked = pick(toEntry(entry));
      if (picked !== undefined) yield picked;
    }
    if (entries.length < PAGE) return;
    end = `(${entries.at(-1)![0]}`;
  }
}

async function findSent(link: Link, user: UserKey, to: UserKey, first: number, last: number) {
  const refused = await link.ask((redis) => redis.hget(userKeys(user).peers, `${to}:o`));
  const ranges = [...(refused ?? '').slice((refused ?? '').lastIndexOf('|')).matchAll(/(\d+)-(\d+)/g)];
  const isRefused = (n: number): boolean => ranges.some(([, from, upto]) => n >= Number(from) && n <= Number(upto));
  const found: PendingMessage[] = [];
  const pick = (entry: Entry) => (toAsciiLower(entry.name) === to ? toSent(entry) : undefined);
  for await (const sent of readBack(link, user, pick)) {
    if (sent.n >= first && sent.n <= last && !isRefused(sent.n)) found.unshift(sent);
    if (sent.n <= first) break;
  }
  return found;
}

async function findReceived(link: Link, user: UserKey, from: UserKey, first: number) {
  const found: MessageCopy[] = [];
  const pick = (entry: Entry) => (entry.kind === 'in' && toAsciiLower(entry.name) === from ? entry : undefined);
  for await (const { n, check, previous, text } of readBack(link, user, pick)) {
    if (n >= first) found.unshift({ n, check, previous, text });
    if (n <= first) break;
  }
  return found;
}

type MessageStore = Pick<
  Store,
  'send' | 'receive' | 'settle' | 'findSent' | 'findReceived' | 'mend' | 'readLog' | 'confirm'
>;

export function createMessages(link: Link): MessageStore {
  return {
    async send({ user, session, generation }, { to, text, op, settled }) {
      const { account, log, peers, push } = userKeys(user);
      const args = [session, generation, op, to, text, createCheck(), ...flatten(settled)];
      return toSendAnswer((await link.run('send', [account, log, peers, push], args)) as string);
    },

    async receive(user, { from, n, check, previous, text, after }) {
      const { account, log, peers, push } = userKeys(user);
      const args = [from, n, check, previous, text, createCheck(), after ?? ''];
      return toReceiveAnswer((await link.run('receive', [account, log, peers, push], args)) as Received);
    },

    async settle(user, settled) {
      const { account, peers } = userKeys(user);
      if (settled.length > 0) await link.run('settle', [account, peers], flatten(settled));
    },

    findSent: (user, to, first, last) => findSent(link, user, to, first, last),

    findReceived: (user, from, first) => findReceived(link, user, from, first),

    async mend(user, { to, last, copies }) {
      const { account, log, peers, push } = userKeys(user);
      const flat = copies.flatMap(({ n, check, previous, text }) => [n, check, previous, text]);
      const pending = await link.run('mend', [account, log, peers, push], [to, last.n, last.check, ...flat]);
      return toPending(pending as StreamEntry[]);
    },

    async readLog(user, after) {
      const { account, log } = userKeys(user);
      const page = await link.run('read-log', [account, log], [after + 1, PAGE]);
      const [head, delivered, entries] = page as [string, string, StreamEntry[]];
      return { head: Number(head), delivered: Number(delivered), entries: entries.map(toEntry) };
    },

    async confirm(user, upto, senders) {
      const { account, log, peers } = userKeys(user);
      const args = [toStreamId(upto), PAGE, ...[...senders].flat()];
      while ((await link.run('confirm', [account, log, peers], args)) === 0);
    },
  };
}
