/** What somebody needs to know before logging in: how a password is sent, and whether there are accounts to be had. */

import { md5 } from './md5.ts';

/** IMS LOGIN: the password as the wire carries it. */
export function hashPassword(password: string): string {
  return md5(password);
}

/** Whether the gateway lets people make accounts; true when that cannot be found out, since it will say so later. */
export async function isRegistrationOpen(): Promise<boolean> {
  const response = await fetch('/api/settings').catch(() => undefined);
  const settings = (await response?.json().catch(() => undefined)) as { registration?: string } | undefined;
  return settings?.registration !== 'closed';
}
