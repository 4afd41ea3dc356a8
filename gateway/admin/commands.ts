/** The admin program's commands: what each asks the listener for, and how it reports. */

import { createHash } from 'node:crypto';
import type { GatewayStatus, SessionPage, UserDetails, UserPage } from './answers.ts';
import { AdminError, EXIT, type Ask } from './client.ts';
import { report, reportSessions, reportStatus, reportUser, reportUsers, type Report } from './reports.ts';
import { askPassword, confirm, type Terminal } from './terminal.ts';
import { sayCount } from './words.ts';

/** What a command works with. */
export interface Context {
  readonly terminal: Terminal;
  readonly ask: Ask;
}

export async function listUsers({ ask }: Context): Promise<Report> {
  return reportUsers(await readPages<UserPage>(ask, '/users').then((pages) => pages.flatMap(({ users }) => users)));
}

export async function showUser({ ask }: Context, name: string): Promise<Report> {
  return reportUser(await ask<UserDetails>({ path: '/user', query: { name } }));
}

export async function addUser(context: Context, name: string, fromStdin: boolean): Promise<Report> {
  const pass = await readPass(context, name, fromStdin);
  const added = await context.ask<{ user: string }>({ method: 'POST', path: '/users', body: { user: name, pass } });
  return report(added, `Added ${added.user}.`);
}

export async function setPassword(context: Context, name: string, fromStdin: boolean): Promise<Report> {
  // Before anybody types a password for nobody.
  const user = await context.ask<UserDetails>({ path: '/user', query: { name } });
  const body = { pass: await readPass(context, user.name, fromStdin) };
  const changed = await context.ask<{ user: string }>({ method: 'PATCH', path: '/user', query: { name }, body });
  return report(changed, `${changed.user} has a new password; all sessions are ended.`);
}

export async function setBanned({ ask }: Context, name: string, banned: boolean): Promise<Report> {
  const changed = await ask<{ user: string }>({ method: 'PATCH', path: '/user', query: { name }, body: { banned } });
  return report(changed, `${changed.user} ${banned ? 'is banned; all sessions are ended' : 'may log in again'}.`);
}

export async function removeUser({ ask, terminal }: Context, name: string, isSure: boolean): Promise<Report> {
  const user = await ask<UserDetails>({ path: '/user', query: { name } });
  const question = `Remove ${user.name} for good, with all messages?`;
  if (!isSure && !(await confirm(terminal, question))) throw new AdminError(EXIT.refused, 'Nothing was removed.');
  const removed = await ask<{ user: string }>({ method: 'DELETE', path: '/user', query: { name } });
  return report(removed, `Removed ${removed.user}.`);
}

export async function listSessions({ ask }: Context): Promise<Report> {
  const pages = await readPages<SessionPage>(ask, '/sessions');
  return reportSessions(pages.flatMap(({ sessions }) => sessions));
}

export async function endSessions({ ask }: Context, name: string, session: string | undefined): Promise<Report> {
  const query = { name, ...(session !== undefined && { session }) };
  const done = await ask<{ user: string; ended: string[] }>({ method: 'DELETE', path: '/sessions', query });
  const count = done.ended.length;
  return report(
    done,
    count === 0 ? `${done.user} has no session.` : `Ended ${sayCount(count, 'session')} of ${done.user}.`,
  );
}

export async function showStatus({ ask }: Context): Promise<Report> {
  return reportStatus(await ask<GatewayStatus>({ path: '/status' }));
}

/** The MD5 as LOGIN carries it: the password itself never leaves this program. */
async function readPass({ terminal }: Context, name: string, fromStdin: boolean): Promise<string> {
  return createHash('md5')
    .update(await askPassword(terminal, name, fromStdin))
    .digest('hex');
}

async function readPages<T extends { readonly next: string | null }>(ask: Ask, path: string): Promise<T[]> {
  const pages: T[] = [];
  for (let after: string | null = ''; after !== null; after = pages.at(-1)!.next) {
    pages.push(await ask<T>({ path, query: { after } }));
  }
  return pages;
}
