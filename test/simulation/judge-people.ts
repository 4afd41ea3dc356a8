/** Judges friendships and presence: every device shows its user's friends as they are. */

import type { Friendship } from '../../gateway/store/store.ts';
import { incarnationOf } from '../../gateway/store/presence.ts';
import { compare } from './judge.ts';
import type { World } from './world.ts';

const INVISIBLE = 3;

export async function judgePeople(world: World): Promise<string[]> {
  const found: string[] = [];
  for (const user of world.users) {
    const friendships = await world.store.listFriendships(user);
    found.push(...(await judgeRecords(world, user, friendships)));
    const friends = friendships.filter(({ state }) => state === 'friends').map((friend) => friend.user);
    const expected: string[] = [];
    for (const friend of friends) expected.push(`${friend} ${await statusSeen(world, friend, user)}`);
    for (const device of world.devices.filter((each) => each.user === user)) {
      const shown = device.client?.friends.map(({ name, status }) => `${name} ${status}`) ?? [];
      found.push(...compare(`presence: ${device.name} sees friends`, shown, expected));
      found.push(...judgeInvitations(world, user, friendships, device.client?.invitations ?? [], device.name));
    }
  }
  return found;
}

/** Both lists say what the record says. */
async function judgeRecords(
  { users, store, ledger, isUndecided }: World,
  user: string,
  friendships: readonly Friendship[],
): Promise<string[]> {
  const found: string[] = [];
  for (const other of users.filter((each) => each !== user)) {
    const { areFriends, invitedBy } = await store.readFriendship(user, other);
    const state = friendships.find((each) => each.user === other)?.state ?? 'none';
    const open = invitedBy === user ? 'inviting' : invitedBy === other ? 'invited' : 'none';
    const right = areFriends ? 'friends' : open;
    // Where a failover took both lists nobody knows that there is a record; the next change tells.
    if (isUndecided || (ledger.lost.has(user) && ledger.lost.has(other))) continue;
    if (state !== right) found.push(`friendship: ${user} has ${state} with ${other}, it is ${right}`);
  }
  return found;
}

async function statusSeen({ store, gateways }: World, user: string, viewer: string): Promise<number> {
  const [presence] = await store.readPresence([user], viewer);
  if (presence === undefined || presence.isBlocking || presence.status === INVISIBLE) return -1;
  const living = new Set(
    gateways.flatMap(({ state, services }) => (state === 'over' ? [] : [services.presence.incarnation])),
  );
  return presence.sessions.some((session) => living.has(incarnationOf(session))) ? presence.status : -1;
}

/** Those of somebody who was blocked may be hidden. */
function judgeInvitations(
  { blocked }: World,
  user: string,
  friendships: readonly Friendship[],
  shown: readonly string[],
  name: string,
): string[] {
  const open = friendships.filter(({ state }) => state === 'invited').map((friend) => friend.user);
  const missing = open.filter((other) => !shown.includes(other) && !blocked.has(`${user}>${other}`));
  const wrong = shown.filter((other) => !open.includes(other));
  return [
    ...missing.map((other) => `invitation: ${name} does not show that of ${other}`),
    ...wrong.map((other) => `invitation: ${name} shows one of ${other}, which is not there`),
  ];
}
