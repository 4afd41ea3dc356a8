/** An app for PORT on a port of its own, with what a test changes about it. */

import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { createServices } from '../../gateway/create-services.ts';
import { Readiness, type Siblings } from '../../gateway/health.ts';
import { createHttp } from '../../gateway/http.ts';
import { removeUser } from '../../gateway/remove-user.ts';
import { createParts, listen, send, type RawAnswer } from './listening.ts';

export type Parts = ReturnType<typeof createParts> & { isDraining?: boolean; siblings?: Siblings; pageDir?: string };

/** Starts the app of a gateway that knows the incarnation `here` alone; `post` asks it for accounts. */
export async function startHttp(context: TestContext, env: NodeJS.ProcessEnv = {}, change: Partial<Parts> = {}) {
  const parts: Parts = { ...createParts(env), ...change };
  const { store, clock, siblings } = parts;
  const readiness = new Readiness({ store, clock, siblings, isDraining: () => parts.isDraining === true });
  const pageDir = parts.pageDir ?? '/nowhere';
  const services = createServices(parts);
  const gateway = { living: () => new Set(['here']), removeUser: (user: string) => removeUser(user, services) };
  const url = await listen(context, createHttp({ ...parts, readiness, gateway, pageDir }));
  const post = (body: unknown, headers: Record<string, string> = {}): Promise<RawAnswer> =>
    send(`${url}/api/accounts`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  return { parts, url, post };
}

/** A refusal as each of them is: a sentence in JSON that nobody keeps. */
export function assertRefused(answer: RawAnswer, status: number, error: RegExp, field?: string): void {
  assert.equal(answer.status, status);
  assert.match(answer.json.error, error);
  assert.equal(answer.json.field, field);
  assert.match(answer.json.error, /^[A-Z].*\.$/, 'a sentence');
  assert.equal(answer.headers['cache-control'], 'no-store');
}
