/** One WebSocket to the gateway as a client's link: documents instead of text, silent after its end. */

import { readDocument, writeDocument } from '../../../protocol/browser.ts';
import type { Link, LinkListener } from '../../../protocol/client.ts';
import type { ServerDocument } from '../../../protocol/documents.ts';
import { toServerDocument } from '../../../protocol/server-documents.ts';

/** The gateway that served this page. */
export function gatewayUrl(): string {
  const url = new URL('/ims', location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}

export function openLink(url: string, listener: LinkListener): Link {
  const socket = new WebSocket(url);
  const controller = new AbortController();
  const { signal } = controller;
  // Each frame is an event of its own: what came together is handed on together, for one save and one drawing. A
  // timer would do too, but those of a hidden page are held back.
  const { port1: bell, port2: rope } = new MessageChannel();
  let arrived: ServerDocument[] = [];

  function close(): void {
    // A socket that the network swallowed reports its end only minutes later: we do not wait for it.
    controller.abort();
    bell.close();
    socket.close();
    arrived = [];
  }
  function handOn(): void {
    const documents = arrived;
    arrived = [];
    if (documents.length > 0) listener.received(...documents);
  }
  function end(): void {
    handOn();
    if (signal.aborted) return;
    close();
    listener.closed();
  }
  function read(text: string): void {
    let document: ServerDocument | undefined;
    try {
      document = toServerDocument(readDocument(text));
    } catch {
      return end();
    }
    if (document === undefined) return;
    if (arrived.push(document) === 1) rope.postMessage(undefined);
  }

  bell.onmessage = handOn;
  socket.addEventListener('open', () => listener.opened(), { signal });
  socket.addEventListener('message', ({ data }) => read(String(data)), { signal });
  socket.addEventListener('close', end, { signal });
  return {
    send(...documents) {
      // The browser complains of what is sent into a connection that is just ending.
      if (socket.readyState !== WebSocket.OPEN) return;
      for (const document of documents) socket.send(writeDocument(document));
    },
    close,
  };
}
