/** Classic clients as light as can be, so that the load leaves the machine to what is measured. */

import { once } from 'node:events';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import type { TcpAddress } from '../transcripts/client.ts';

/** A connection that sends text and is told of each whole document, roughly: by its last characters. */
export interface Wire {
  send(text: string): void;
  onDocument: (document: string) => void;
  close(): void;
}

export async function openWebSocket(url: string): Promise<Wire> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  const wire: Wire = { send: (text) => socket.send(text), onDocument: () => {}, close: () => socket.terminate() };
  socket.on('message', (data: Buffer) => wire.onDocument(data.toString('latin1')));
  await once(socket, 'open');
  return wire;
}

export async function openTcp(address: TcpAddress): Promise<Wire> {
  const socket = connect({ ...address, noDelay: true });
  const wire: Wire = { send: (text) => void socket.write(text), onDocument: () => {}, close: () => socket.destroy() };
  let rest = '';
  socket.setEncoding('latin1');
  socket.on('data', (text: string) => {
    const documents = (rest + text).split(/(?<=\/>|<\/(?:MESSAGE|FRIENDS)>)/);
    rest = /(\/>|<\/(MESSAGE|FRIENDS)>)$/.test(documents.at(-1)!) ? '' : documents.pop()!;
    for (const document of documents) wire.onDocument(document);
  });
  await once(socket, 'connect');
  return wire;
}

/** Sends, and waits for a document that begins so. */
export function ask(wire: Wire, text: string, beginning: string): Promise<void> {
  return new Promise((resolve) => {
    wire.onDocument = (document) => {
      if (document.startsWith(beginning)) resolve();
    };
    wire.send(text);
  });
}

export interface Pair {
  readonly from: string;
  readonly to: string;
  readonly sender: Wire;
  readonly receiver: Wire;
}

/** The pair's messages one after the other, each delivered and answered before the next. */
export function converse({ from, to, sender, receiver }: Pair, count: number): Promise<void> {
  const message = `<MESSAGE from="${from}" to="${to}">A message as long as people write them, more or less.</MESSAGE>`;
  return new Promise((resolve) => {
    let open = 0;
    let left = count;
    const next = (): void => {
      if (--open > 0) return;
      if (left-- === 0) return resolve();
      open = 2;
      sender.send(message);
    };
    sender.onDocument = (document) => document.startsWith('<MESSAGE result') && next();
    receiver.onDocument = (document) => document.startsWith('<MESSAGE from') && next();
    next();
  });
}

/** The same of a bare echo. */
export function echo(wire: Wire, count: number): Promise<void> {
  return new Promise((resolve) => {
    let left = count;
    const next = (): void =>
      left-- === 0 ? resolve() : wire.send('A message as long as people write them, more or less.');
    wire.onDocument = next;
    next();
  });
}
