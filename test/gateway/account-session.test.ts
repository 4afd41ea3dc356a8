/** A session and its account over HTTP, on a whole gateway: the token that LOGIN gave, and what becomes of sessions. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test, type TestContext } from 'node:test';
import { startGateway, type TestGateway } from '../helpers/gateway.ts';
import { OTHER_PASS } from './http-account.ts';
import { PASS } from './listening.ts';

/** Logs in and gives the token that came, and what comes until the gateway closes the connection. */
async function logIn(context: TestContext, { tcp }: TestGateway, device: string, secret: string) {
  const socket = connect(tcp).setEncoding('utf8');
  context.after(() => socket.destroy());
  let received = '';
  socket.on('data', (text) => (received += String(text)));
  const closed = once(socket, 'close').then(() => received);
  socket.write(`<LOGIN user="Alice" ${secret} version="2" device="${device}" label="x"/>`);
  while (!/<FRIENDS|result="0"/.test(received)) await once(socket, 'data');
  // The echo comes first; it has no result.
  const [answer = ''] = /<LOGIN [^>]*result="1"[^>]*>/.exec(received) ?? [];
  return { token: / token="([^"]+)"/.exec(answer)?.[1], closed, isIn: answer !== '' };
}

for (const store of ['memory', 'embedded', 'redis'] as const) {
  test(`${store}: a token that LOGIN gave; revoked, changed and removed accounts end their sessions`, async (context) => {
    const gateway = await startGateway({ store });
    context.after(() => gateway.stop());
    const ask = async (method: string, path: string, token?: string, body?: object) => {
      const answer = await fetch(`${gateway.http}/api/${path}`, {
        method,
        headers: {
          'Content-Type': 'application/json',
          ...(token !== undefined && { Authorization: `Bearer ${token}` }),
        },
        ...(body && { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      return { status: answer.status, json: text ? JSON.parse(text) : undefined };
    };
    await ask('POST', 'accounts', undefined, { user: 'Alice', pass: PASS });
    const phone = await logIn(context, gateway, 'phone', `pass="${PASS}"`);
    const tablet = await logIn(context, gateway, 'tablet', `pass="${PASS}"`);
    assert.ok(phone.token && tablet.token);

    const { json } = await ask('GET', 'account/devices', phone.token);
    assert.deepEqual(
      json.devices.map(({ device, isOwn, isConnected }: Record<string, unknown>) => [device, isOwn, isConnected]),
      [
        ['phone', true, true],
        ['tablet', false, true],
      ],
    );

    assert.equal((await ask('DELETE', 'account/devices/tablet', phone.token)).status, 204);
    assert.match(await tablet.closed, /<LOGOUT user="Alice" result="1"\/>$/);
    assert.equal((await logIn(context, gateway, 'tablet', `token="${tablet.token}"`)).isIn, false);

    const changed = await ask('PUT', 'account/password', phone.token, { old: PASS, pass: OTHER_PASS });
    assert.match(await phone.closed, /<LOGOUT user="Alice" result="1"\/>$/);
    assert.equal((await logIn(context, gateway, 'phone', `token="${phone.token}"`)).isIn, false);
    const again = await logIn(context, gateway, 'phone', `token="${changed.json.token}"`);
    assert.equal(again.isIn, true);

    assert.equal((await ask('DELETE', 'account', changed.json.token, { pass: OTHER_PASS })).status, 204);
    assert.match(await again.closed, /<LOGOUT user="Alice" result="1"\/>$/);
    assert.equal((await ask('GET', 'account', changed.json.token)).status, 401);
  });
}
