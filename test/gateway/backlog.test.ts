/** A long backlog: an invitation that comes meanwhile is not lost, and the client's pace rules. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHash } from 'node:crypto';
import { startGateway, type TestGateway } from '../helpers/gateway.ts';
import { createRegistration } from '../transcripts/admin.ts';
import { connectTcp, type Client } from '../transcripts/client.ts';

const PASS = createHash('md5').update('password').digest('hex');

async function logIn(gateway: TestGateway, user: string): Promise<Client> {
  const client = await connectTcp(gateway.tcp);
  await client.send(Buffer.from(`<LOGIN user="${user}" pass="${PASS}"/>`));
  return client;
}

test('an invitation in the middle of a backlog of several pages', async () => {
  const gateway = await startGateway();
  try {
    const addAccount = createRegistration(gateway.http);
    for (const user of ['alice', 'bob', 'carol']) assert.equal(await addAccount(user, PASS), 'added');
    const [alice, carol] = [await logIn(gateway, 'alice'), await logIn(gateway, 'carol')];
    const text = 'x'.repeat(8_000);
    await alice.send(Buffer.from(`<MESSAGE from="alice" to="bob">${text}</MESSAGE>`.repeat(450)));
    await carol.send(Buffer.from(`<MESSAGE from="carol" to="bob">${text}</MESSAGE>`.repeat(450)));
    const count = (client: Client, what: string): number => client.inbox.text.split(what).length - 1;
    while (count(alice, 'result="-1"') < 450 || count(carol, 'result="-1"') < 450) await alice.inbox.waitForEnd(20);
    const bob = await logIn(gateway, 'bob');
    while (!bob.inbox.text.includes('result="1"')) await bob.inbox.waitForEnd(1);
    bob.pause();
    await carol.send(Buffer.from('<FRIEND user="carol" type="add" friend="bob"/>'));
    while (!carol.inbox.text.includes('<FRIEND type="add" result="1"/>')) await carol.inbox.waitForEnd(5);
    bob.resume();
    while (!bob.inbox.text.includes('<FRIEND')) if (await bob.inbox.waitForEnd(20)) break;
    assert.equal(count(bob, '<MESSAGE '), 900);
    assert.equal(count(bob, '<FRIEND type="invite" to="bob" from="carol"/>'), 1);
  } finally {
    await gateway.stop();
  }
});
