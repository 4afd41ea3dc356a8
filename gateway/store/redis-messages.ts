/** Messages and logs in Redis. */

import { toAsciiLower } from '../../protocol/documents.ts';
import { userKeys } from './keys.ts';
import { createCheck, toEntry, toPending, toSent, toStreamId } from './redis-entries.ts';
import type { StreamEntry } from './redis-entries.ts';
import type { Link } from './redis-link.ts';
import { toEnds } from './redis-devices.ts';
import { toPresence, type Shown } from './redis-sessions.ts';
import { PAGE } from './store.ts';
import type {
  Entry,
  MessageCopy,
  PendingMessage,
  ReceiveAnswer,
  RefusedReason,
  SendAnswer,
  Settlement,
  Store,
  UserKey,
} from './store.ts';

/** Of a message that was not taken. */
const OUTCOMES = ['fenced', 'replaced', 'unlisted', 'used'] as const;

function toSendAnswer(answer: string): SendAnswer {
  const [outcome] = OUTCOMES.filter((known) => known === answer);
  if (outcome) return { outcome };
  const [, place, time, n, previous] = answer.split('|') as [string, string, string, string, string];
  return { outcome: 'appended', place, time: Number(time), n: Number(n), check: place.slice(-6), previous };
}

type Received = ['stored', Shown] | ['refused', RefusedReason] | ['ahead', number] | ['diverged'];

function toReceiveAnswer(answer: Received): ReceiveAnswer {
  switch (answer[0]) {
    case 'refused':
      return { outcome: 'refused', reason: answer[1] };
    case 'ahead':
      return { outcome: 'ahead', last: answer[1] };
    case 'diverged':
      return { outcome: 'diverged' };
    case 'stored':
      return { outcome: 'stored', presence: toPresence(answer[1]) };
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
  'send' | 'receive' | 'settle' | 'findSent' | 'findReceived' | 'mend' | 'readLog' | 'readLogBack' | 'noteLost'
>;

export function createMessages(link: Link): MessageStore {
  return {
    async send({ user, session, generation, device = '' }, { to, text, op, check = createCheck(), settled }) {
      const { account, log, peers, push, devices } = userKeys(user);
      const args = [session, generation, op, to, text, check, device, ...flatten(settled)];
      return toSendAnswer((await link.run('send', [account, log, peers, push, devices], args)) as string);
    },

    async receive(user, { from, n, check, previous, text, after }) {
      const { account, log, peers, push } = userKeys(user);
      const args = [from, n, check, previous, text, createCheck(), after ?? ''];
      return toReceiveAnswer((await link.run('receive', [account, log, peers, push], args)) as Received);
    },

    async settle(user, settled) {
      const { account, peers, log, push } = userKeys(user);
      if (settled.length > 0) await link.run('settle', [account, peers, log, push], flatten(settled));
    },

    findSent: (user, to, first, last) => findSent(link, user, to, first, last),

    findReceived: (user, from, first) => findReceived(link, user, from, first),

    async mend(user, { to, last, first, copies }) {
      const { account, log, peers, push, devices } = userKeys(user);
      const flat = copies.flatMap(({ n, check, previous, text }) => [n, check, previous, text]);
      const args = [to, last.n, last.check, createCheck(), first, ...flat];
      const pending = await link.run('mend', [account, log, peers, push, devices], args);
      return toPending(pending as StreamEntry[]);
    },

    async readLog(user, after) {
      const { account, log } = userKeys(user);
      const page = await link.run('read-log', [account, log], [after + 1, PAGE]);
      const [head, delivered, entries] = page as [string, string, StreamEntry[]];
      return { head: Number(head), delivered: Number(delivered), entries: entries.map(toEntry) };
    },

    async readLogBack(user, before, limit) {
      const last = before === undefined ? '+' : Math.max(0, before - 1);
      const page = await link.run('read-log-back', [userKeys(user).log], [last, limit]);
      const [entries, first, head] = page as [StreamEntry[], string, string];
      return { entries: entries.map(toEntry).reverse(), ...toEnds(first, head) };
    },

    async noteLost(user, epoch, place) {
      const { account, log, push } = userKeys(user);
      await link.run('note-lost', [account, log, push], [epoch, toStreamId(place), createCheck()]);
    },
  };
}
