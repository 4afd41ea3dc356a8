/** A client written from the seed alone, with a plain socket and none of our code, does all that the seed describes. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { startGateway, type TestGateway } from '../helpers/gateway.ts';

let gateway: TestGateway;
before(async () => {
  gateway = await startGateway({ store: 'memory' });
  for (const user of ['me', 'you']) {
    const body = JSON.stringify({ user, pass: md5(`${user} secret`) });
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${gateway.http}/api/accounts`, { method: 'POST', body, headers });
    assert.equal(response.status, 201);
  }
});
after(() => gateway.stop());

// "Currently encrypted with MD5"
function md5(password: string): string {
  return createHash('md5').update(password).digest('hex');
}

/** As someone with the seed and an afternoon would write it: it collects what comes, and looks for what it expects. */
class SeedClient {
  readonly #socket: Socket;
  #received = '';
  #isClosed = false;

  constructor({ host, port }: { host: string; port: number }) {
    this.#socket = connect(port, host);
    this.#socket.setEncoding('utf8');
    this.#socket.on('data', (text: string) => (this.#received += text));
    this.#socket.on('close', () => (this.#isClosed = true));
  }

  send(document: string): void {
    this.#socket.write(document);
  }

  /** Sends, and waits for the copy "sent back to the client for verification", then for the response. */
  async ask(document: string, response: RegExp): Promise<string> {
    this.send(document);
    await this.expect(document);
    return this.expect(response);
  }

  async expect(wanted: string | RegExp): Promise<string> {
    const deadline = Date.now() + 5000;
    for (;;) {
      const found = typeof wanted === 'string' ? wanted : wanted.exec(this.#received)?.[0];
      const at = found === undefined ? -1 : this.#received.indexOf(found);
      if (at >= 0) {
        assert.equal(this.#received.slice(0, at), '', 'nothing unexpected came before');
        this.#received = this.#received.slice(found!.length);
        return found!;
      }
      assert.ok(Date.now() < deadline, `expected ${wanted}, got ${this.#received || 'nothing'}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async expectClosed(): Promise<void> {
    const deadline = Date.now() + 5000;
    while (!this.#isClosed) {
      assert.ok(Date.now() < deadline, 'the server severs the connection');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assert.equal(this.#received, '');
  }
}

async function logIn(user: string): Promise<SeedClient> {
  const client = new SeedClient(gateway.tcp);
  const response = await client.ask(`<LOGIN user="${user}" pass="${md5(`${user} secret`)}"/>`, /^<LOGIN [^>]*>/);
  assert.match(response, new RegExp(` user="${user}"`));
  assert.match(response, / result="1"/);
  return client;
}

test('LOGIN, MESSAGE, STATUS, FRIEND, ALIVE and LOGOUT as the seed describes them', async () => {
  const me = await logIn('me');
  const note = '<MESSAGE from="me" to="you">Message from me to you</MESSAGE>';
  assert.match(await me.ask(note, /^<MESSAGE [^>]*>/), / result="-1"/);
  const you = await logIn('you');
  await you.expect(note);
  assert.match(await me.ask(note, /^<MESSAGE [^>]*>/), / result="1"/);
  await you.expect(note);
  assert.match(await me.ask('<MESSAGE from="me" to="him">hello</MESSAGE>', /^<MESSAGE [^>]*>/), / result="0"/);

  const list = await me.ask('<STATUS user="me" type="list"/>', /^<STATUSLIST>.*<\/STATUSLIST>/);
  assert.match(list, /<STATUS id="0">Online<\/STATUS><STATUS id="1">Away<\/STATUS>/);
  assert.match(await me.ask('<STATUS user="me" type="set" code="1"/>', /^<STATUS [^>]*>/), / type="set" result="1"/);
  assert.match(await me.ask('<STATUS user="me" type="get"/>', /^<STATUS [^>]*>/), / type="get" result="1"/);

  const added = await me.ask('<FRIEND user="me" type="add" friend="you"/>', /^<FRIEND [^>]*>/);
  assert.match(added, / type="add" result="1"/);
  await you.expect('<FRIEND type="invite" to="you" from="me"/>');
  const accepted = await you.ask('<FRIEND user="you" type="accept" other="me"/>', /^<FRIEND [^>]*>/);
  assert.match(accepted, / type="accept" result="1"/);
  await you.ask('<FRIEND user="you" type="request"/>', /^<FRIENDS><USER status="1">me<\/USER><\/FRIENDS>/);
  assert.match(await you.ask('<FRIEND user="you" type="delete" friend="me"/>', /^<FRIEND [^>]*>/), / result="1"/);

  me.send('<ALIVE/>');
  await me.expect('<ALIVE/>');
  assert.match(await me.ask('<LOGOUT user="you"/>', /^<LOGOUT [^>]*>/), / result="0"/);
  assert.match(await me.ask('<LOGOUT user="me"/>', /^<LOGOUT [^>]*>/), / result="1"/);
  await me.expectClosed();
  assert.match(await you.ask('<LOGOUT user="you"/>', /^<LOGOUT [^>]*>/), / result="1"/);
  await you.expectClosed();
});

test('LOGIN with a wrong password gives 0, and nothing is taken before LOGIN', async () => {
  const client = new SeedClient(gateway.tcp);
  client.send('<MESSAGE from="me" to="you">too early</MESSAGE>');
  await client.expect('<MESSAGE from="me" to="you">too early</MESSAGE>');
  assert.match(await client.ask(`<LOGIN user="me" pass="${md5('guess')}"/>`, /^<LOGIN [^>]*>/), / result="0"/);
  const again = await client.ask(`<LOGIN user="me" pass="${md5('me secret')}"/>`, /^<LOGIN [^>]*>/);
  assert.match(again, / result="1"/);
  assert.match(await client.ask('<LOGOUT user="me"/>', /^<LOGOUT [^>]*>/), / result="1"/);
  await client.expectClosed();
});
