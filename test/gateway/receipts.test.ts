/** When a classic client counts as having a message: never before it can. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Receipts } from '../../gateway/receipts.ts';
import type { Entry, Place } from '../../gateway/store/store.ts';
import type { Connection } from '../../gateway/transport/connection.ts';
import { createManualClock } from '../helpers/manual-clock.ts';

function createStage(transport: Connection['transport']) {
  const clock = createManualClock();
  const places: Place[] = [];
  let pings = 0;
  const connection = { transport, ping: () => void (pings += 1) } as Partial<Connection> as Connection;
  const confirm = (upto: Place): void => void places.push(upto);
  const receipts = new Receipts({ connection, clock, confirmAfter: 5_000, confirm });
  return { clock, receipts, places: () => places, pings: () => pings };
}

function message(number: number, name = 'Bob'): Entry {
  const rest = { time: 0, kind: 'in', n: number, check: '000000', previous: '', text: '' } as const;
  return { ...rest, name, place: `${number}-000000` };
}

test('a WebSocket: a pong confirms what was flushed before its ping, and one ping follows soon by itself', () => {
  const { clock, receipts, places, pings } = createStage('websocket');
  receipts.sent([message(1), message(2, 'Carol')])();
  clock.advance(499);
  assert.equal(pings(), 0);
  clock.advance(1);
  assert.equal(pings(), 1);
  receipts.sent([message(3)])();
  receipts.pong();
  assert.deepEqual(places(), ['2-000000']);
});

test('a WebSocket: what is still held back is not confirmed by a ping that overtakes it', () => {
  const { receipts, places, clock } = createStage('websocket');
  const flushed = receipts.sent([message(1)]);
  receipts.ping();
  receipts.pong();
  assert.deepEqual(places(), []);
  flushed();
  clock.advance(500);
  receipts.pong();
  assert.deepEqual(places(), ['1-000000']);
});

test('TCP: something sent 5 s after the flush, and not before', () => {
  const { clock, receipts, places } = createStage('tcp');
  receipts.sent([message(1)])();
  clock.advance(4_999);
  receipts.received();
  assert.deepEqual(places(), []);
  clock.advance(1);
  receipts.received();
  assert.deepEqual(places(), ['1-000000']);
});

test('TCP: what lay unread while the gateway did not read proves nothing', () => {
  const { clock, receipts, places } = createStage('tcp');
  receipts.sent([message(1)])();
  clock.advance(6_000);
  receipts.resumed();
  receipts.received();
  assert.deepEqual(places(), []);
  clock.advance(5_000);
  receipts.received();
  assert.deepEqual(places(), ['1-000000']);
});

test('the end: in order it confirms what was flushed, otherwise nothing', () => {
  for (const isOrderly of [true, false]) {
    const { receipts, places } = createStage('tcp');
    receipts.sent([message(1)])();
    receipts.sent([message(2)]);
    receipts.closed(isOrderly);
    assert.deepEqual(places(), isOrderly ? ['1-000000'] : []);
  }
});
