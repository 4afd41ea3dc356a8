/** A version 2 client's connections in these tests: TCP or WebSocket, writing down what their sockets do. */

import { connect } from 'node:net';
import { WebSocket } from 'ws';
import type { Link, LinkListener } from '../../protocol/client.ts';
import { DocumentReader } from '../../protocol/reader.ts';
import { toServerDocument } from '../../protocol/server-documents.ts';
import { writeDocument } from '../../protocol/writer.ts';
import type { TcpAddress } from '../transcripts/client.ts';
import type { SocketNotes } from './socket-log.ts';

/** LOG has up to 100 entries of 16 KiB. */
const LARGEST = 2 * 1024 * 1024;
/** Milliseconds after which a peer that does not end its side is left alone. */
const END_TIME = 2_000;

/** Where a gateway, a balancer or a proxy takes connections. */
export type WireAddress = TcpAddress | { readonly url: string };

export interface Wire extends Link {
  /** Ends it as when the device lost its power: nothing is reported, nothing more is sent. */
  cut(): void;
}

interface Carrier {
  write(texts: readonly string[]): void;
  end(): void;
  destroy(): void;
}

interface CarrierListener {
  opened(): void;
  received(text: string | Uint8Array): void;
  ended(): void;
}

/** Opens one. `notes` gets what happens before anybody else does. */
export function openWire(address: WireAddress, listener: LinkListener, notes: SocketNotes): Wire {
  const reader = new DocumentReader(LARGEST);
  let isOver = false;
  const carrier = ('url' in address ? openWebSocket : openTcp)(address as never, {
    opened() {
      notes.opened();
      if (!isOver) listener.opened();
    },
    received(data) {
      notes.received(typeof data === 'string' ? data : Buffer.from(data).toString('latin1'));
      if (isOver) return;
      const { documents, error } = reader.read(data);
      if (error) throw error;
      const known = documents.flatMap(({ element }) => toServerDocument(element) ?? []);
      if (known.length > 0) listener.received(...known);
    },
    ended() {
      notes.ended();
      carrier.destroy();
      if (isOver) return;
      isOver = true;
      listener.closed();
    },
  });
  const end = (how: () => void): void => {
    if (isOver) return;
    isOver = true;
    notes.ended();
    how();
  };
  return {
    send: (...documents) => void (isOver || carrier.write(documents.map(writeDocument))),
    close: () => end(() => carrier.end()),
    cut: () => end(() => carrier.destroy()),
  };
}

function openTcp(address: TcpAddress, { opened, received, ended }: CarrierListener): Carrier {
  const socket = connect({ ...address, noDelay: true });
  socket.on('connect', opened).on('data', received).on('end', ended).on('close', ended);
  socket.on('error', () => undefined);
  return {
    write: (texts) => void socket.write(texts.join('')),
    end() {
      socket.end();
      setTimeout(() => socket.destroy(), END_TIME).unref();
    },
    destroy: () => void socket.destroy(),
  };
}

function openWebSocket({ url }: { readonly url: string }, { opened, received, ended }: CarrierListener): Carrier {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  socket.on('open', opened).on('close', ended);
  socket.on('message', (data: Buffer) => received(data.toString()));
  socket.on('error', () => undefined);
  return {
    write: (texts) => {
      if (socket.readyState === WebSocket.OPEN) for (const text of texts) socket.send(text);
    },
    end() {
      socket.close(1000);
      setTimeout(() => socket.terminate(), END_TIME).unref();
    },
    destroy: () => socket.terminate(),
  };
}
