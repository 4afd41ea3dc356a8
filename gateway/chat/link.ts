/** The connections of a client in Node: IMS documents over TCP, TLS or WebSocket. */

import { openSocket, type Address } from './socket.ts';
import type { Link, LinkListener } from '../../protocol/client/ports.ts';
import { DocumentReader } from '../../protocol/reader.ts';
import { toServerDocument } from '../../protocol/server-documents.ts';
import { writeDocument } from '../../protocol/writer.ts';

export type { Address } from './socket.ts';

/** The largest document of a gateway that is read: a LOG has up to 100 entries of 16 KiB. */
export const MAX_BYTES = 4 * 1024 * 1024;

/**
 * Opens a connection for a client: `open: (listener) => openLink({ host, port }, listener)`. Never throws; what cannot
 * be opened within ten seconds, and what sends something that is not IMS, is reported as closed, once.
 */
export function openLink(address: Address, listener: LinkListener): Link {
  const reader = new DocumentReader(MAX_BYTES);
  let isClosed = false;
  const socket = openSocket(address, {
    opened: () => listener.opened(),
    closed: () => listener.closed(),
    received(data) {
      const { documents, error } = reader.read(data);
      const known = documents.flatMap(({ element }) => toServerDocument(element) ?? []);
      if (known.length > 0) listener.received(...known);
      // It may have been closed for one of the documents.
      if (!error || isClosed) return;
      close();
      listener.closed();
    },
  });
  const close = (): void => {
    isClosed = true;
    socket.close();
  };
  return { send: (...documents) => socket.write(documents.map(writeDocument)), close };
}
