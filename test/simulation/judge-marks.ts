/** Judges marks: in the end senders know what receivers have and have read, and every screen says so. */

import type { Mark } from '../../gateway/store/store.ts';
import type { SimulatedDevice } from './device.ts';
import { messagesOf, type Logs } from './judge.ts';
import type { World } from './world.ts';

type AllMarks = ReadonlyMap<string, readonly Mark[]>;

const NOTHING = { delivered: 0, read: 0, seen: 0, isBlocked: false };

export async function judgeMarks(world: World, logs: Logs): Promise<string[]> {
  const marks = new Map<string, readonly Mark[]>();
  for (const user of world.users) marks.set(user, (await world.store.readMarks(user, 0)).marks);
  const pairs = world.users.flatMap((from) => world.users.map((to) => [from, to] as const));
  return [
    ...pairs.flatMap(([from, to]) => (from === to ? [] : judgePair(world, logs, marks, from, to))),
    ...world.devices.flatMap((device) => world.users.flatMap((peer) => judgeScreen(world, device, peer, logs, marks))),
  ];
}

function markOf(marks: AllMarks, user: string, other: string) {
  return marks.get(user)?.find(({ name }) => name === other) ?? NOTHING;
}

function judgePair(world: World, logs: Logs, marks: AllMarks, from: string, to: string): string[] {
  const last = Math.max(
    0,
    ...messagesOf(logs.get(to)).flatMap(({ kind, name, n }) => (kind === 'in' && name === from ? [n] : [])),
  );
  const { delivered, read } = markOf(marks, from, to);
  const { seen } = markOf(marks, to, from);
  const isAcknowledged = world.devices.some(({ user }) => user === to);
  const wasBlocked = world.blocked.has(`${to}>${from}`);
  const found: string[] = [];
  if (isAcknowledged && delivered < last && !wasBlocked)
    found.push(`mark: ${from}>${to} delivered up to ${delivered}, all ${last} are`);
  if (read < seen && !wasBlocked) found.push(`mark: ${from}>${to} read up to ${read}, was read up to ${seen}`);
  if (read > seen && !world.ledger.hasFailedOver)
    found.push(`mark: ${from}>${to} read up to ${read}, only ${seen} are`);
  return found;
}

/** What a device shows of messages' states, of what is unread, and of a block. */
function judgeScreen(world: World, device: SimulatedDevice, peer: string, logs: Logs, marks: AllMarks): string[] {
  const conversation = device.client?.conversation(peer);
  if (!conversation || peer === device.user) return [];
  const { delivered, read, seen, isBlocked } = markOf(marks, device.user, peer);
  const found: string[] = [];
  const fail = (what: string): void => void found.push(`view: ${device.name} with ${peer}: ${what}`);
  if (conversation.isTyping) fail('somebody is typing');
  if (conversation.isBlocked !== isBlocked) fail(`isBlocked is ${conversation.isBlocked}`);
  const incoming = messagesOf(logs.get(device.user)).filter(({ kind, name }) => kind === 'in' && name === peer);
  const unread = incoming.filter(({ n }) => n > seen).length;
  if (conversation.unread !== unread) fail(`${conversation.unread} unread, it is ${unread}`);
  for (const { text, n = 0, isOwn, state } of device.screen(peer)) {
    if (!isOwn || state === 'failed' || state === 'queued') continue;
    const isRefused = world.ledger.refused.has(text) && !world.ledger.hasFailedOver;
    const right = isRefused ? 'refused' : n <= read ? 'read' : n <= delivered ? 'delivered' : 'sent';
    const isFine = world.ledger.hasFailedOver ? rankOf(state) >= rankOf(right) : state === right;
    if (!isFine) fail(`${text} (${n}) is shown as ${state}, it is ${right}`);
  }
  return found;
}

const RANKS = ['sent', 'delivered', 'read', 'refused'];

function rankOf(state: string | undefined): number {
  return RANKS.indexOf(state ?? '');
}
