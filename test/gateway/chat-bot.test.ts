/** The echo bot answers each message once, in order, however often it is killed. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startGateway } from '../helpers/gateway.ts';
import { addAccounts, makeFolder, PASSWORD, startClient, startScript, waitFor } from './chat-stage.ts';

const BOT = fileURLToPath(new URL('../../gateway/chat/echo-bot.js', import.meta.url));
const MESSAGES = 300;
const KILLS = 6;

test('killed in the middle of traffic, it answers each message once and in order', async (t) => {
  const gateway = await startGateway();
  t.after(() => gateway.stop());
  await addAccounts(gateway.http, 'alice', 'echo');
  const alice = await startClient(t, gateway.tcp, 'alice');
  const env = {
    IMS_USER: 'echo',
    IMS_PASSWORD: PASSWORD,
    IMS_PORT: String(gateway.tcp.port),
    BOT_FILE: join(await makeFolder(t), 'bot'),
  };
  let bot = startScript([], env, BOT);
  t.after(() => bot.kill());
  const answers = (): string[] => {
    const items = alice.conversation('echo').items;
    return items.flatMap((item) => (item.kind === 'message' && !item.isOwn ? [item.text] : []));
  };
  // What is there before its first login it leaves to others.
  await waitFor(() => bot.printed.stdout.includes('online'), 'the bot');
  alice.send('echo', 'first');
  await waitFor(() => answers().length === 1, 'the first answer');
  for (let number = 0; number < MESSAGES; number += 1) {
    alice.send('echo', `message ${number}`);
    if (number % (MESSAGES / KILLS) === 20) {
      // Somewhere among what it has received, kept and answered.
      await sleep(number / 10);
      await bot.kill();
      bot = startScript([], env, BOT);
    } else if (number % 10 === 0) await sleep(20);
  }
  await waitFor(() => answers().length > MESSAGES, 'all answers');
  await sleep(300);
  assert.deepEqual(answers(), ['first', ...Array.from({ length: MESSAGES }, (_, number) => `message ${number}`)]);
  assert.equal(bot.printed.stderr, '');
});
