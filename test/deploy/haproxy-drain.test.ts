/** One of three gateways behind the shipped HAProxy is told to stop: nobody new comes to it, and nobody is cut off. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ask, PATIENCE, startThree, TRANSPORTS, until, type Person, type ThreeGateways } from './three-gateways.ts';

/** Milliseconds. */
const LIMIT = { timeout: 120_000 };
/** DRAIN_SECONDS' default and the time that closing may take. */
const STOPPED_WITHIN = 20_000;

describe('a gateway behind HAProxy stops in order', LIMIT, () => {
  let three: ThreeGateways;
  before(async () => void (three = await startThree()));
  after(() => three?.stop());

  test('its users stay until it lets them go, and who comes meanwhile lands elsewhere', async () => {
    const crowd: Person[] = [];
    for (const transport of TRANSPORTS) {
      for (let number = 0; number < 9; number++) crowd.push(await three.enter(`${transport}${number}`, transport));
    }
    const places = await Promise.all(crowd.map(({ name }) => three.findGateway(name)));
    const leaving = places[0]!;
    const own = crowd.filter((_, index) => places[index] === leaving);
    const stopping = three.gateways[leaving]!.stop();
    const isDown = new RegExp(`^Server native/gateway${leaving + 1} is DOWN`, 'm');
    await until('HAProxy has noticed', () => isDown.test(three.haproxy.log));
    assert.ok(three.gateways[leaving]!.isRunning);

    const staying = own.filter(({ client }) => client.inbox.ending === undefined);
    assert.ok(staying.length > own.length / 2, `${staying.length} of ${own.length} are still there`);
    const last = staying.at(-1)!;
    await last.client.send(Buffer.from('<ALIVE/>'));
    assert.equal(await last.client.inbox.next(PATIENCE), '<ALIVE/>');

    for (const transport of TRANSPORTS) {
      for (const number of [0, 1, 2, 3]) {
        const { name, client } = await three.enter(`late-${transport}${number}`, transport);
        assert.notEqual(await three.findGateway(name), leaving);
        crowd.push({ name, client });
      }
    }
    for (const { name, client } of own) assert.ok(await client.inbox.waitForEnd(STOPPED_WITHIN), `${name} is let go`);
    assert.equal(await stopping, 0);
    for (const { name, client } of crowd.filter((person) => !own.includes(person))) {
      assert.equal(await ask(client, `<STATUS user="${name}" type="get"/>`), '<STATUS type="get" result="0"/>');
    }
  });
});
