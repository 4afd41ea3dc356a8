/** The gateway restarts on the same store and port: the page comes back by itself, and nothing queued is lost. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../gateway/clock.ts';
import { readConfig } from '../../gateway/config.ts';
import { createLogger } from '../../gateway/log.ts';
import { startServer, type Gateway } from '../../gateway/server.ts';
import { createMemoryStore } from '../../gateway/store/memory.ts';
import { openBrowser } from '../helpers/browser.ts';
import { enter, invite, message, openConversation, row, texts, write } from './stage.ts';

const ADMIN_TOKEN = 'a-token-for-tests-not-a-secret';

test('the gateway restarts, and the pages come back with all they had', async () => {
  const { limits } = readConfig({});
  const store = createMemoryStore({ clock: systemClock, limits: limits.store });
  const start = (port: number): Promise<Gateway> => {
    const settings = { PORT: String(port), TCP_PORT: '0', ADMIN_PORT: '0', ADMIN_TOKEN, LOG_LEVEL: 'silent' };
    const config = readConfig(settings);
    return startServer({ config, store, clock: systemClock, logger: createLogger(config), adminToken: ADMIN_TOKEN });
  };
  let gateway = await start(0);
  const address = `http://127.0.0.1:${gateway.ports.http}`;
  const browser = await openBrowser();
  browser.expectProblem(/WebSocket connection to .* failed/);
  const alice = await enter(browser, address, 'alice');
  const bob = await enter(browser, address, 'bob');
  await invite(alice, 'bob');
  await bob.getByRole('button', { name: 'Accept alice' }).waitFor();
  await openConversation(alice, 'bob');

  const { http } = gateway.ports;
  await gateway.close();
  await alice.getByText('Not connected.').waitFor();
  for (const text of ['one', 'two', 'three']) await write(alice, text);
  gateway = await start(http);

  await message(alice, 'three')
    .getByText(/^Sent$|^Waiting/)
    .waitFor({ state: 'attached', timeout: 10_000 });
  await row(bob, 'alice').getByText('3 unread').waitFor({ timeout: 10_000 });
  await bob.getByRole('button', { name: 'Accept alice' }).click();
  await row(bob, 'alice').click();
  assert.deepEqual(await texts(bob), ['one', 'two', 'three']);

  assert.deepEqual(browser.problems(), []);
  await browser.close();
  await gateway.close();
  await store.close();
});
