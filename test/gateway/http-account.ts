/** An app for PORT with users who have devices, and every answer compared with the OpenAPI document. */

import type { TestContext } from 'node:test';
import type { Author, SessionInfo, Store } from '../../gateway/store/store.ts';
import { makeToken } from '../../gateway/tokens.ts';
import { startHttp, type Parts } from './http-app.ts';
import { checkAnswer } from './http-openapi.ts';
import { PASS, send, type RawAnswer } from './listening.ts';

/** The MD5 of `other`. */
export const OTHER_PASS = '795f3202b17cb6bc3d4b771d8c6c9eaf';

export interface Asked {
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

export type Ask = (method: string, path: string, asked?: Asked) => Promise<RawAnswer>;

/** Starts the app with the user Alice, who has logged in on `phone`; `seen` has the documented answers that came. */
export async function startAccount(context: TestContext, env: NodeJS.ProcessEnv = {}, change: Partial<Parts> = {}) {
  const { parts, url } = await startHttp(context, env, change);
  const seen = new Set<string | undefined>();
  await addAccount(parts, 'Alice');
  const { token } = await logIn(parts.store, 'alice', 'phone', 'here.1');
  const ask: Ask = async (method, path, { token, body, headers = {} } = {}) => {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const answer = await send(`${url}${path}`, {
      method,
      headers: {
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
        // Node would send the body of a DELETE without its length.
        ...(text !== undefined && {
          'Content-Type': 'application/json',
          'Content-Length': `${Buffer.byteLength(text)}`,
        }),
        ...headers,
      },
      ...(text !== undefined && { body: text }),
    });
    seen.add(checkAnswer(method, path, answer));
    return answer;
  };
  return { parts, url, token, ask, seen };
}

/** An account whose password is {@link PASS}. */
export async function addAccount({ store, passwords }: Parts, name: string): Promise<void> {
  await store.addAccount({ name, pass: await passwords.hash(PASS), op: name });
}

/** A login on a device, as a gateway does it, with a new token. */
export async function logIn(
  store: Store,
  user: string,
  device: string,
  session: string,
  info: Partial<SessionInfo> = {},
): Promise<{ readonly token: string; readonly author: Author }> {
  const { generation } = (await store.readAccount(user))!;
  const author: Author = { user, session, generation, device };
  const { token, hash } = makeToken(user, device);
  const { outcome } = await store.openSession(
    author,
    { transport: 'websocket', address: '10.0.0.1', since: Date.UTC(2030, 0, 1), device, ...info },
    { label: `The ${device}`, tokenHash: hash, marks: 0 },
  );
  if (outcome !== 'opened') throw new Error(outcome);
  return { token, author };
}
