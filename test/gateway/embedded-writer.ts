/** A process to be killed: it opens the embedded store in a folder and sends messages as fast as it can. */

import { writeSync } from 'node:fs';
import { systemClock } from '../../gateway/clock.ts';
import { openEmbeddedStore } from '../../gateway/store/embedded.ts';
import { WIDE_LIMITS } from '../contract/store.ts';

const [dataDir = '', session = '', ...users] = process.argv.slice(2);
const limits = { ...WIDE_LIMITS, unconfirmed: 1_000_000, waiting: 1_000_000 };
const store = await openEmbeddedStore({ dataDir, clock: systemClock, limits });
writeSync(1, 'open\n');
// The parent closes this pipe when it ends.
process.stdin.on('end', () => process.exit()).resume();

/** Says each answer after it came: the sender, the text, and the number it got. */
async function sendForever(user: string): Promise<never> {
  await store.addAccount({ name: user, pass: 'x', op: user });
  const { generation } = (await store.readAccount(user))!;
  const author = { user, session, generation };
  await store.openSession(author, { transport: 'tcp', address: '', since: 0 });
  for (let op = 1; ; op += 1) {
    const text = `${session} ${op}`;
    const sent = await store.send(author, { to: 'reader', text, op, settled: [] });
    if (sent.outcome !== 'appended') throw new Error(sent.outcome);
    const received = await store.receive('reader', { ...sent, from: user, text });
    if (received.outcome !== 'stored') throw new Error(received.outcome);
    await store.settle(user, [{ to: 'reader', n: sent.n }]);
    writeSync(1, `${user}|${sent.n}|${text}\n`);
  }
}

await store.addAccount({ name: 'reader', pass: 'x', op: 'reader' });
await Promise.all(users.map(sendForever));
