/** One WebSocket to the gateway: opened once, closed once, silent after that. */

export interface SocketListener {
  opened(): void;
  received(text: string): void;
  /** Broken, or closed by the gateway; not called after an own `close`. */
  closed(): void;
}

export interface Socket {
  send(text: string): void;
  close(): void;
}

/** The gateway that served this page. */
export function gatewayUrl(): string {
  const url = new URL('/ims', location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}

export function openSocket(url: string, listener: SocketListener): Socket {
  const socket = new WebSocket(url);
  const controller = new AbortController();
  const { signal } = controller;
  socket.addEventListener('open', () => listener.opened(), { signal });
  socket.addEventListener('message', ({ data }) => listener.received(String(data)), { signal });
  socket.addEventListener('close', () => listener.closed(), { signal });
  return {
    send: (text) => socket.send(text),
    close() {
      // A socket that the network swallowed reports its end only minutes later: we do not wait for it.
      controller.abort();
      socket.close();
    },
  };
}
