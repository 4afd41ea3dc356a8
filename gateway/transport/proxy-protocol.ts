/** The PROXY protocol, versions 1 and 2: a proxy's word, before the first byte, on whose connection it passes on. */

import { isIPv4, isIPv6, SocketAddress, type Socket } from 'node:net';
import type { Clock } from '../clock.ts';
import { toPlainAddress } from './trust.ts';

/** A header of `length` bytes; 0: there is none. Without an address the connection is the proxy's own. */
export interface ProxyHeader {
  readonly length: number;
  readonly address?: string;
}

/** How long a header may take, in milliseconds. */
const HEADER_TIME = 5_000;
/** The longest header of version 1, as its specification has it, and the longest of version 2 that is read here. */
const LONGEST_V1 = 107;
const LONGEST_V2 = 4_096;

const V1_START = Buffer.from('PROXY ');
const V1_LINE = /^PROXY (?:UNKNOWN(?: .*)?|(TCP4|TCP6) (\S+) (\S+) (\d{1,5}) (\d{1,5}))$/;
const V2_START = Buffer.from('\r\n\r\n\0\r\nQUIT\n');
const V2_FIXED = 16;
/** The bytes that addresses and ports take, by family and kind of socket; all others are not allowed. */
const V2_ADDRESSES = new Map([
  [0x00, 0],
  [0x11, 12],
  [0x12, 12],
  [0x21, 36],
  [0x22, 36],
  [0x31, 216],
  [0x32, 216],
]);

/**
 * Reads a connection's header, if it begins with one, and leaves what follows in the socket, paused.
 * A socket whose header is malformed, cut short or too slow is destroyed, and `done` is not called.
 */
export function readProxyHeader(socket: Socket, clock: Clock, done: (address?: string) => void): void {
  let bytes: Buffer = Buffer.alloc(0);
  const timer = clock.after(HEADER_TIME, () => {
    // A silent client of a proxy that sends no headers: the session knows how long it may be silent.
    if (/^\s*$/.test(bytes.toString('latin1'))) settle({ length: 0 });
    else socket.destroy();
  });
  const cut = (): void => void socket.destroy();

  function settle(header: ProxyHeader): void {
    stop();
    socket.pause();
    if (bytes.length > header.length) socket.unshift(bytes.subarray(header.length));
    done(header.address);
  }

  function stop(): void {
    timer.cancel();
    socket.off('data', take).off('end', cut).off('close', stop);
  }

  function take(data: Buffer): void {
    bytes = Buffer.concat([bytes, data]);
    const header = parseProxyHeader(bytes);
    if (header === 'malformed') cut();
    else if (header !== 'incomplete') settle(header);
  }

  socket.on('data', take).on('end', cut).on('close', stop);
}

/** Reads the header that a connection's first bytes are. IMS never begins like one, so the first bytes decide. */
export function parseProxyHeader(bytes: Buffer): ProxyHeader | 'incomplete' | 'malformed' {
  if (startsLike(bytes, V1_START)) return parseV1(bytes);
  if (startsLike(bytes, V2_START)) return parseV2(bytes);
  return { length: 0 };
}

function startsLike(bytes: Buffer, start: Buffer): boolean {
  const length = Math.min(bytes.length, start.length);
  return bytes.subarray(0, length).equals(start.subarray(0, length));
}

function parseV1(bytes: Buffer): ProxyHeader | 'incomplete' | 'malformed' {
  const end = bytes.subarray(0, LONGEST_V1).indexOf('\r\n');
  if (end < 0) return bytes.length < LONGEST_V1 ? 'incomplete' : 'malformed';
  const match = V1_LINE.exec(bytes.toString('latin1', 0, end));
  if (!match) return 'malformed';
  const [, family, source, target, ...ports] = match;
  const length = end + 2;
  if (family === undefined || source === undefined || target === undefined) return { length };
  const isAddress = family === 'TCP4' ? isIPv4 : isIPv6;
  const isSound = isAddress(source) && isAddress(target) && ports.every((port) => Number(port) <= 0xffff);
  return isSound ? { length, address: toPlainAddress(source) } : 'malformed';
}

function parseV2(bytes: Buffer): ProxyHeader | 'incomplete' | 'malformed' {
  if (bytes.length < V2_FIXED) return 'incomplete';
  const [version, family] = [bytes[12], bytes[13] ?? 0];
  const length = V2_FIXED + bytes.readUInt16BE(14);
  const isLocal = version === 0x20;
  if ((!isLocal && version !== 0x21) || length > LONGEST_V2) return 'malformed';
  // A proxy's own connection, such as a health check: whatever else its header says is to be ignored.
  if (!isLocal && length < V2_FIXED + (V2_ADDRESSES.get(family) ?? Infinity)) return 'malformed';
  if (bytes.length < length) return 'incomplete';
  const address = isLocal ? undefined : readAddress(family >> 4, bytes.subarray(V2_FIXED, length));
  return { length, ...(address !== undefined && { address }) };
}

function readAddress(family: number, bytes: Buffer): string | undefined {
  if (family === 1) return bytes.subarray(0, 4).join('.');
  if (family !== 2) return undefined;
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16));
  return toPlainAddress(new SocketAddress({ address: groups.join(':'), family: 'ipv6' }).address);
}
