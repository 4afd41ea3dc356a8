/** Devices in Redis: what is kept of a client between its sessions. */

import { randomUUID } from 'node:crypto';
import { userKeys } from './keys.ts';
import type { Link } from './redis-link.ts';
import { toMark } from './redis-marks.ts';
import { createCheck, toPlace, toStreamId } from './redis-entries.ts';
import type { Device, DeviceId, DeviceLogin, OpenedDevice, Store, UserKey } from './store.ts';

/** What open-session answers of a device. */
export type FoundDevice = [
  epoch: string,
  isResumed: number,
  first: string,
  head: string,
  sent: number,
  marks: string,
  changed: string[],
  marksFrom: string,
];

export function toOpenedDevice(found: FoundDevice): OpenedDevice {
  const [epoch, isResumed, first, head, sent, marks, changed, marksFrom] = found;
  return {
    epoch,
    isResumed: isResumed === 1,
    ...toEnds(first, head),
    sent,
    marks: Number(marks),
    changed: changed.map(toMark),
    ...(marksFrom !== '0' && { marksFrom: Number(marksFrom) }),
  };
}

/** The places of a log's ends, from stream ids or `''`. */
export function toEnds(first: string, head: string) {
  return { ...(first && { first: toPlace(first) }), ...(head && { head: toPlace(head) }) };
}

/** What open-session is given of a device. */
export function toLoginArgs(device: DeviceId, login: DeviceLogin): (string | number)[] {
  const { tokenHash = '', label, epoch = '', after, marks, status = '', shownHash = '' } = login;
  const place = after === undefined ? '' : toStreamId(after);
  return [device, tokenHash, label, epoch, place, marks, status, createCheck(), shownHash];
}

/** A device from `MADE|USED|GENERATION|TOKEN|LABEL`; only the label may hold a bar. */
function toDevice(device: DeviceId, row: string, time: number): Device {
  const [made, used, generation, tokenHash] = row.split('|', 4) as [string, string, string, string];
  const label = row.slice(made.length + used.length + generation.length + tokenHash.length + 4);
  return {
    device,
    label,
    madeAt: Number(made),
    usedAt: Number(used),
    unusedFor: Math.max(0, time - Number(used)),
    ...(tokenHash && { tokenHash, tokenGeneration: Number(generation) }),
  };
}

type DeviceStore = Pick<Store, 'readDevice' | 'listDevices' | 'touchDevice' | 'setToken' | 'revokeDevice'>;

export function createDevices(link: Link): DeviceStore {
  /** One device, or all. */
  async function read(user: UserKey, only: DeviceId | ''): Promise<Device[]> {
    const found = (await link.run('read-devices', [userKeys(user).devices], [only])) as string[];
    const [time, ...flat] = found as [string, ...string[]];
    return flat.flatMap((device, i) => (i % 2 === 0 ? [toDevice(device, flat[i + 1]!, Number(time))] : []));
  }

  return {
    readDevice: async (user, device) => (await read(user, device))[0],

    async listDevices(user) {
      return (await read(user, '')).sort((a, b) => b.usedAt - a.usedAt);
    },

    async touchDevice(user, device) {
      await link.run('touch-device', [userKeys(user).devices], [device]);
    },

    async setToken(user, device, tokenHash, generation) {
      const { account, devices } = userKeys(user);
      return (await link.run('set-token', [account, devices], [randomUUID(), device, tokenHash, generation])) === 1;
    },

    async revokeDevice(user, device) {
      const { account, devices, push } = userKeys(user);
      return (await link.run('revoke-device', [account, devices, push], [randomUUID(), device])) === 1;
    },
  };
}
