/** Judges what devices show at last: every message once, in order, the same on all devices of a user. */

import type { Device } from './device.ts';
import type { History, Operation } from './history.ts';
import { describe } from './history.ts';
import { findViolations } from './history-check.ts';

export interface Verdict {
  /** All that must not be, for people; empty when all is well. */
  readonly wrong: readonly string[];
  readonly counts: string;
}

/** Everything that was answered with yes, by whom it concerns. */
function expectedOf(history: History, user: string): Operation[] {
  return history.operations.filter(({ kind, state, about }) => {
    return kind === 'message' && state === 'ok' && about.split('>').includes(user);
  });
}

/** Whether all devices have all, and nothing waits. */
export function isAllShown(history: History, devices: readonly Device[]): boolean {
  if (!devices.every(({ isSettled }) => isSettled)) return false;
  const expected = new Map(
    [...new Set(devices.map(({ user }) => user))].map((user) => [user, expectedOf(history, user)]),
  );
  return devices.every(({ user, screen: { size, messages } }) => {
    if (size !== expected.get(user)!.length) return false;
    return messages.every(({ isOwn, state }) => !isOwn || state === 'delivered' || state === 'read');
  });
}

/** `isMended`: a failover moved entries, which leaves holes between places. */
export function judge(history: History, devices: readonly Device[], isMended = false): Verdict {
  const numbers = new Map<string, number>();
  const wrong = [
    ...devices.flatMap(({ screen }) => screen.faults.map(({ kind, what }) => `${kind}: ${what}`)),
    ...devices.flatMap((device) => judgeScreen(history, device, numbers)),
    ...devices.flatMap((device) => judgePlaces(device, isMended)),
    ...compareDevices(devices),
    ...findViolations(history).map(describe),
    ...findUnanswered(history),
  ];
  const shown = devices.reduce((sum, { screen }) => sum + screen.size, 0);
  const counts = `${history.count('ok')} messages, shown ${shown} times on ${devices.length} devices`;
  return { wrong, counts };
}

function findUnanswered({ operations }: History): string[] {
  const open = operations.filter(({ kind, state }) => kind === 'message' && state === 'invoked');
  return open.map(({ text, session }) => `lost: ${text} of ${session.user} was never answered`);
}

function judgeScreen(history: History, { user, name, screen, client }: Device, numbers: Map<string, number>): string[] {
  const wrong: string[] = [];
  const shown = new Map(screen.messages.map((message) => [message.text, message]));
  for (const { text } of expectedOf(history, user)) if (!shown.has(text)) wrong.push(`lost: ${text} on ${name}`);
  const sent = new Set(expectedOf(history, user).map(({ text }) => text));
  for (const { text, n } of screen.messages) {
    if (!sent.has(text)) wrong.push(`phantom: ${text} on ${name}`);
    const known = numbers.get(text) ?? n;
    numbers.set(text, known);
    if (known !== n) wrong.push(`order: ${text} has number ${n} on ${name}, elsewhere ${known}`);
  }
  for (const { items } of client.conversations) {
    const numberless = items.filter((item) => item.kind === 'message' && item.n === undefined);
    for (const item of numberless) {
      if (item.kind === 'message') wrong.push(`lost: ${item.text} on ${name} is ${item.state} (${item.reason})`);
    }
    wrong.push(
      ...judgeIds(
        name,
        items.filter((item) => item.kind === 'message'),
      ),
    );
  }
  return wrong;
}

/** What one device sent stands there as it was written. */
function judgeIds(name: string, messages: readonly { readonly id?: number | undefined; text: string }[]): string[] {
  const wrong: string[] = [];
  let last = 0;
  for (const { id, text } of messages) {
    if (id === undefined) continue;
    if (id < last) wrong.push(`order: ${text} with id ${id} stands after id ${last} on ${name}`);
    last = Math.max(last, id);
  }
  return wrong;
}

/** The places that a device keeps: each number once, and none left out. */
function judgePlaces({ name, places }: Device, isMended: boolean): string[] {
  const numbers = places.map((place) => parseInt(place, 10));
  return numbers.flatMap((number, index) => {
    const before = numbers[index - 1];
    if (before === undefined || number === before + 1) return [];
    if (number === before) return [`twice: place ${number} on ${name}`];
    return isMended ? [] : [`hole: place ${number} follows ${before} on ${name}`];
  });
}

/** All devices of a user show the same, at the same places. */
function compareDevices(devices: readonly Device[]): string[] {
  const first = new Map<string, Device>();
  return devices.flatMap((device) => {
    const other = first.get(device.user);
    first.set(device.user, other ?? device);
    if (other === undefined) return [];
    const differs = findDifference(describeScreen(device), describeScreen(other));
    const isElsewhere = findDifference(device.places, other.places);
    return [
      ...(differs ? [`order: ${device.name} and ${other.name} differ: ${differs}`] : []),
      ...(isElsewhere ? [`order: ${device.name} and ${other.name} have other places: ${isElsewhere}`] : []),
    ];
  });
}

function describeScreen({ client }: Device): string[] {
  const conversations = [...client.conversations].sort((a, b) => (a.name < b.name ? -1 : 1));
  return conversations.flatMap(({ name, items }) =>
    items.map((item) => (item.kind === 'message' ? `${name}: ${item.n} ${item.text}` : `${name}: ${item.change}`)),
  );
}

function findDifference(ours: readonly string[], theirs: readonly string[]): string | undefined {
  const length = Math.max(ours.length, theirs.length);
  const index = Array.from({ length }, (_, i) => i).find((i) => ours[i] !== theirs[i]);
  if (index === undefined) return undefined;
  return `${ours[index] ?? 'nothing'} in place of ${theirs[index] ?? 'nothing'}`;
}
