/** What every transport does alike; each runs it over itself. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createManualClock } from '../helpers/manual-clock.ts';
import type { Clock } from '../../gateway/clock.ts';
import { CLOSE_CODE, type Accept } from '../../gateway/transport/connection.ts';
import { connectPeer, type Kind, type Peer } from './transport-peers.ts';
import { Reception, type Recorder } from './transport-recorder.ts';

export interface TransportUnderTest {
  readonly kind: Kind;
  readonly isSecure: boolean;
  listen(clock: Clock, accept: Accept): Promise<{ readonly port: number; close(): Promise<void> }>;
}

interface Meeting {
  readonly peer: Peer;
  readonly met: Recorder;
}

const LARGE = 64 * 1024;

/** Defines the tests of one transport. */
export function testTransport(name: string, { kind, isSecure, listen }: TransportUnderTest): void {
  const clock = createManualClock();
  const reception = new Reception();
  let listening: Awaited<ReturnType<TransportUnderTest['listen']>>;
  let other: Meeting;
  const meetings: Meeting[] = [];
  const check = (title: string, body: () => Promise<void>): void =>
    void test(`${name}: ${title}`, { timeout: 30_000 }, body);

  before(async () => {
    listening = await listen(clock, reception.accept);
    other = await meet();
  });
  after(async () => {
    // A test that failed has left its connection open.
    for (const { peer, met } of meetings) {
      met.connection.destroy();
      peer.drop();
    }
    await listening.close();
  });

  async function meet(first?: string): Promise<Meeting> {
    const peer = await connectPeer(kind, listening.port, isSecure, first);
    const meeting = { peer, met: await reception.next() };
    meetings.push(meeting);
    return meeting;
  }

  /** Ends a connection in order: TCP from the peer's side, a WebSocket from ours. */
  async function part({ peer, met }: Meeting): Promise<boolean> {
    if (kind === 'tcp') {
      peer.finish();
      await met.until(({ reports }) => reports.includes('finished'));
    }
    met.connection.end(CLOSE_CODE.done);
    if (kind === 'tcp') clock.advance(1_000);
    return met.closing();
  }

  /** Sees, on another connection, that what was sent before had its time to arrive. */
  async function pass(): Promise<void> {
    for (let round = 0; round < 3; round++) {
      const { length } = other.met.text;
      await other.peer.send('<PASS/>');
      await other.met.until(({ text }) => text.length > length);
    }
  }

  check('documents come in order both ways, and the connection says what it is', async () => {
    const { peer, met } = await meet();
    assert.equal(met.connection.transport, kind);
    assert.equal(met.connection.address, '127.0.0.1');
    for (let n = 0; n < 100; n++) await peer.send(`<A n="${n}"/>`);
    const sent = Array.from({ length: 100 }, (_, n) => `<A n="${n}"/>`).join('');
    await met.until(({ text }) => text.length >= sent.length);
    assert.deepEqual(met.reports, [sent]);
    const order: number[] = [];
    for (let n = 0; n < 50; n++) {
      met.connection.send([`<A n="${2 * n}"/>`, `<A n="${2 * n + 1}"/>`], () => order.push(n));
    }
    await peer.until((text) => text.length >= sent.length);
    assert.equal(peer.text, sent);
    assert.deepEqual(
      order,
      Array.from({ length: 50 }, (_, n) => n),
    );
    assert.equal(await part({ peer, met }), true);
  });

  check('what is sent at once on connecting is received', async () => {
    const { peer, met } = await meet('<FIRST/>');
    await met.until(({ text }) => text === '<FIRST/>');
    assert.equal(await part({ peer, met }), true);
  });

  check('a document in packets of one byte', async () => {
    const { peer, met } = await meet();
    await peer.sendSlowly('<MESSAGE to="bob" from="ann">grüße</MESSAGE>');
    await met.until(({ text }) => text === '<MESSAGE to="bob" from="ann">grüße</MESSAGE>');
    assert.equal(await part({ peer, met }), true);
  });

  check('what a slow reader leaves is buffered, and drained when it reads', async () => {
    const { peer, met } = await meet();
    peer.pause();
    const order: number[] = [];
    const documents = Array.from({ length: 400 }, (_, n) => String.fromCharCode(97 + (n % 26)).repeat(LARGE));
    documents.forEach((document, n) => met.connection.send([document], () => order.push(n)));
    await pass();
    assert.ok(met.connection.buffered > LARGE, `buffered ${met.connection.buffered}`);
    assert.ok(order.length < documents.length);
    assert.deepEqual(met.reports, []);
    peer.resume();
    await met.until(({ reports }) => reports.includes('drained'));
    assert.deepEqual(order, [...documents.keys()]);
    assert.equal(met.connection.buffered, 0);
    await peer.until((text) => text.length >= documents.length * LARGE);
    assert.ok(peer.text === documents.join(''));
    assert.deepEqual(met.reports, ['drained']);
    assert.equal(await part({ peer, met }), true);
  });

  check('buffered counts bytes', async () => {
    const { peer, met } = await meet();
    peer.pause();
    for (let n = 0; n < 200; n++) met.connection.send(['€'.repeat(LARGE)]);
    await pass();
    const before = met.connection.buffered;
    met.connection.send(['€'.repeat(1_000)]);
    const more = met.connection.buffered - before;
    assert.ok(more >= 3_000 && more < 3_020, `${more} bytes more`);
    met.connection.destroy();
    assert.equal(await met.closing(), false);
  });

  check('a paused connection is not read, and nothing is lost', async () => {
    const { peer, met } = await meet('<A/>');
    await met.until(({ text }) => text === '<A/>');
    met.connection.pause();
    await peer.send('<B/>');
    await pass();
    assert.deepEqual(met.reports, ['<A/>']);
    met.connection.resume();
    await met.until(({ text }) => text === '<A/><B/>');
    assert.equal(await part({ peer, met }), true);
  });

  check('an end of ours reaches a peer whose documents we had not read, and reports nothing but closed', async () => {
    const { peer, met } = await meet();
    met.connection.pause();
    const large = peer.send('x'.repeat(LARGE));
    await pass();
    met.connection.send(['<LOGOUT result="1"/>']);
    met.connection.end(CLOSE_CODE.goingAway);
    met.connection.end(CLOSE_CODE.done);
    met.connection.send(['<LATE/>']);
    assert.equal(await peer.ended, kind === 'tcp' ? 0 : CLOSE_CODE.goingAway);
    assert.equal(peer.text, '<LOGOUT result="1"/>');
    await large;
    peer.finish();
    assert.equal(await met.closing(), true);
    assert.deepEqual(met.reports, ['closed in order']);
  });

  check('a peer that does not close is cut off after two seconds', async () => {
    const { peer, met } = await meet();
    peer.pause();
    met.connection.end(CLOSE_CODE.done);
    clock.advance(1_999);
    await pass();
    assert.deepEqual(met.reports, []);
    clock.advance(1);
    assert.equal(await met.closing(), false);
    peer.resume();
    await peer.ended;
  });

  if (kind === 'tcp') {
    check('after the FIN of a peer it can still be sent to, and ours waits a second for a reset', async () => {
      const { peer, met } = await meet('<A/>');
      peer.finish();
      await met.until(({ reports }) => reports.includes('finished'));
      met.connection.send(['<B/>']);
      await peer.until((text) => text === '<B/>');
      met.connection.end(CLOSE_CODE.done);
      clock.advance(999);
      await pass();
      assert.deepEqual(met.reports, ['<A/>', 'finished']);
      clock.advance(1);
      assert.equal(await peer.ended, 0);
      assert.equal(await met.closing(), true);
    });
  }

  check('a connection that is ended as soon as it is accepted', async () => {
    reception.greet = (connection) => {
      connection.send(['<ERROR code="busy"/>']);
      connection.end(CLOSE_CODE.tryLater);
    };
    const { peer, met } = await meet();
    assert.equal(await peer.ended, kind === 'tcp' ? 0 : CLOSE_CODE.tryLater);
    assert.equal(peer.text, '<ERROR code="busy"/>');
    peer.finish();
    assert.equal(await met.closing(), true);
    assert.deepEqual(met.reports, ['closed in order']);
  });

  check('a connection that is paused as soon as it is accepted', async () => {
    reception.greet = (connection) => connection.pause();
    const { peer, met } = await meet('<A/>');
    await pass();
    assert.deepEqual(met.reports, []);
    met.connection.resume();
    await met.until(({ text }) => text === '<A/>');
    assert.equal(await part({ peer, met }), true);
  });

  if (kind === 'websocket') {
    check('a close that the peer began is not orderly: what crossed it may not have been read', async () => {
      const { peer, met } = await meet();
      met.connection.send(['<A/>']);
      peer.finish();
      assert.equal(await met.closing(), false);
    });
  }

  check('a reset is not orderly', async () => {
    const { peer, met } = await meet('<A/>');
    await met.until(({ text }) => text === '<A/>');
    met.connection.send(['<B/>']);
    await peer.until((text) => text === '<B/>');
    peer.reset();
    assert.equal(await met.closing(), false);
  });

  check('a peer that drops the connection and resets what comes after is not orderly', async () => {
    const { peer, met } = await meet('<A/>');
    await met.until(({ text }) => text === '<A/>');
    peer.drop();
    if (kind === 'tcp') {
      await met.until(({ reports }) => reports.includes('finished'));
      met.connection.send(['<B/>']);
      met.connection.end(CLOSE_CODE.done);
      await pass();
      clock.advance(1_000);
    }
    assert.equal(await met.closing(), false);
  });

  check('destroying cuts off, and closed comes once', async () => {
    const { peer, met } = await meet();
    let flushes = 0;
    peer.pause();
    for (let n = 0; n < 400; n++) met.connection.send(['x'.repeat(LARGE)], () => flushes++);
    met.connection.destroy();
    met.connection.destroy();
    met.connection.end(CLOSE_CODE.done);
    met.connection.send(['<LATE/>'], () => flushes++);
    met.connection.ping();
    assert.equal(await met.closing(), false);
    peer.resume();
    await peer.ended;
    clock.advance(10_000);
    await pass();
    assert.deepEqual(met.reports, ['closed']);
    assert.ok(flushes < 400);
  });

  check('a thousand connections leave nothing behind', async () => {
    const warnings: Error[] = [];
    const warn = (warning: Error): void => void warnings.push(warning);
    process.on('warning', warn);
    await pass();
    const before = countSockets();
    for (let batch = 0; batch < 40; batch++) {
      const some: Meeting[] = [];
      for (let n = 0; n < 25; n++) some.push(await meet('<A/>'));
      for (const meeting of some) {
        assert.equal(await part(meeting), true);
        assert.deepEqual(meeting.met.reports.slice(-1), ['closed in order']);
        await meeting.peer.ended;
      }
    }
    await pass();
    process.off('warning', warn);
    assert.deepEqual(warnings, []);
    assert.ok(countSockets() <= before + 2, `${countSockets()} sockets, ${before} before`);
  });
}

function countSockets(): number {
  return process.getActiveResourcesInfo().filter((kind) => /TCPSocketWrap|TLSWrap/.test(kind)).length;
}
