/** Judges a world that had time to settle: what is wrong now, which nothing will mend any more. */

import type { Entry, MessageEntry } from '../../gateway/store/store.ts';
import type { SimulatedDevice } from './device.ts';
import { judgeMarks } from './judge-marks.ts';
import { judgePeople } from './judge-people.ts';
import type { Written } from './ledger.ts';
import type { World } from './world.ts';

export type Logs = ReadonlyMap<string, readonly Entry[]>;

export async function judge(world: World): Promise<string[]> {
  const logs = new Map<string, readonly Entry[]>();
  for (const user of world.users) logs.set(user, await world.readLog(user));
  return [
    ...world.ledger.violations,
    ...world.devices.flatMap((device) => judgeConnection(device)),
    ...[...logs].flatMap(([user, entries]) => judgeLog(world, user, entries)),
    ...[...world.ledger.written.values()].flatMap((written) => judgeWritten(world, logs, written)),
    ...world.users.flatMap((from) => world.users.flatMap((to) => judgePair(logs, from, to))),
    ...world.devices.flatMap((device) => judgeScreens(world, device, logs)),
    ...judgeClassics(world, logs),
    ...(await judgeMarks(world, logs)),
    ...(await judgePeople(world)),
  ];
}

export function messagesOf(entries: readonly Entry[] = []): MessageEntry[] {
  return entries.filter((entry): entry is MessageEntry => 'text' in entry);
}

function judgeConnection({ client, name }: SimulatedDevice): string[] {
  if (!client) return [`connection: ${name} does not run`];
  const { connection } = client;
  if (connection.state !== 'online') return [`connection: ${name} is ${JSON.stringify(connection)}`];
  return connection.isCaughtUp && !connection.isMoving ? [] : [`connection: ${name} is ${JSON.stringify(connection)}`];
}

function judgeLog({ ledger }: World, user: string, entries: readonly Entry[]): string[] {
  const found: string[] = [];
  const seen = new Set<string>();
  entries.forEach(({ place }, index) => {
    // Only mending leaves holes.
    if (!ledger.hasFailedOver && Number.parseInt(place, 10) !== index + 1) {
      found.push(`hole: ${place} is the ${index + 1}. entry of ${user}`);
    }
  });
  for (const { text, place } of messagesOf(entries)) {
    if (seen.has(text)) found.push(`duplicate: ${text} is twice in the log of ${user}, at ${place} too`);
    if (!ledger.written.has(text)) found.push(`phantom: ${text} in the log of ${user}`);
    seen.add(text);
  }
  return found;
}

/** A failover took it where it was: the only excuse for a message that is not where it should be. */
function isExcused({ ledger }: World, { text, from, to }: Written): boolean {
  const isGone = (user: string): boolean => ledger.lost.get(user)?.has(text) === true;
  if (from === to) return isGone(from);
  return isGone(from) && (isGone(to) || ledger.swallowed.has(text) || ledger.refused.has(text));
}

function judgeWritten(world: World, logs: Logs, written: Written): string[] {
  const { ledger } = world;
  const { text, from, to, result, reason, isKept } = written;
  const isIn = (user: string): boolean => messagesOf(logs.get(user)).some((entry) => entry.text === text);
  const [isSent, isReceived] = [isIn(from), from !== to && isIn(to)];
  const isYes = result !== undefined && result !== '0';
  const isRefused = ledger.refused.has(text);
  const found: string[] = [];
  const fail = (kind: string, what: string): void => void found.push(`${kind}: ${text} (${from} to ${to}) ${what}`);
  if (isYes && !isSent && !isExcused(world, written)) fail('lost', `was answered ${result}, and its sender has it not`);
  if (isReceived && !isSent) fail('lost', 'is at its receiver, and its sender has it not');
  if (isSent && !isReceived && from !== to && !isRefused && !ledger.swallowed.has(text)) {
    fail('lost', `is in the sender's log (answer ${result}), and its receiver has it not`);
  }
  if (result === '0' && isReceived && !ledger.hasFailedOver) fail('phantom', 'was refused, and arrived');
  if (result === '0' && reason === 'unknown' && world.users.includes(to)) fail('refused', 'is said to go to nobody');
  const isDropped = isKept && result === undefined && !isSent && !isExcused(world, written);
  if (isDropped) fail('dropped', 'was kept, and neither sent nor refused');
  return found;
}

/** One direction: the same numbers in both logs, in order. */
function judgePair(logs: Logs, from: string, to: string): string[] {
  if (from === to) return [];
  const sent = messagesOf(logs.get(from)).filter(({ kind, name }) => kind === 'out' && name === to);
  const received = messagesOf(logs.get(to)).filter(({ kind, name }) => kind === 'in' && name === from);
  const numbers = new Map(sent.map(({ text, n }) => [text, n]));
  const differ = received.filter(({ text, n }) => numbers.get(text) !== n);
  return [
    ...findDisorder(sent).map((text) => `order: ${text} in the log of ${from}`),
    ...findDisorder(received).map((text) => `order: ${text} in the log of ${to}`),
    ...differ.map(({ text, n }) => `number: ${text} is ${n} at ${to} and ${numbers.get(text)} at ${from}`),
  ];
}

function findDisorder(messages: readonly MessageEntry[]): string[] {
  return messages.flatMap(({ n, text }, index) => (n > (messages[index - 1]?.n ?? 0) ? [] : [`${text} (${n})`]));
}

/** What a device shows is its user's log. */
function judgeScreens(world: World, device: SimulatedDevice, logs: Logs): string[] {
  const entries = messagesOf(logs.get(device.user));
  return [...world.users, 'nobody'].flatMap((peer) => {
    const expected = entries.filter(({ name }) => name === peer).map(({ text }) => text);
    const screen = device.screen(peer);
    const shown = screen.filter(({ state }) => state !== 'failed' && state !== 'queued').map(({ text }) => text);
    const found = screen.flatMap((message) => {
      if (message.state === 'queued') return [`unanswered: ${device.name} has ${message.text} queued`];
      return message.state === 'failed' ? judgeFailed(world, device, message.text, message.reason, expected) : [];
    });
    return [...found, ...compare(`screen: ${device.name} with ${peer}`, shown, expected)];
  });
}

function judgeFailed(
  world: World,
  { name }: SimulatedDevice,
  text: string,
  reason: string | undefined,
  log: readonly string[],
): string[] {
  const written = world.ledger.written.get(text);
  const isInLog = log.includes(text);
  const isRight = reason === 'unknown' ? written?.to === 'nobody' : reason === 'lost' && isExcused(world, written!);
  return isRight && !isInLog
    ? []
    : [`failed: ${name} shows ${text} as failed: ${reason}${isInLog ? ', it is in the log' : ''}`];
}

export function compare(what: string, actual: readonly string[], expected: readonly string[]): string[] {
  const index = actual.findIndex((text, place) => text !== expected[place]);
  if (index < 0 && actual.length === expected.length) return [];
  const at = index < 0 ? Math.min(actual.length, expected.length) : index;
  return [`${what}: ${actual.length} of ${expected.length}; at ${at} has ${actual[at]} for ${expected[at]}`];
}

/** At least once: where there is no device that has the log. */
function judgeClassics({ classics, devices }: World, logs: Logs): string[] {
  return classics.flatMap((client) => {
    if (!client.isIn) return [`connection: ${client.name} is not logged in`];
    if (devices.some(({ user }) => user === client.user)) return [];
    const own = messagesOf(logs.get(client.user)).filter(({ kind }) => kind === 'in');
    const missing = own.filter(({ text }) => !client.received.has(text));
    return missing.map(({ text }) => `lost: ${client.name} was never given ${text}`);
  });
}
