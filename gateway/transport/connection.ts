/** A client's connection as the session sees it: bytes in, documents out. TCP and WebSocket fill it in. */

/** How a connection ends. WebSocket: the close code; TCP: FIN, then a moment of reading and dropping. */
export const CLOSE_CODE = {
  done: 1000,
  goingAway: 1001,
  notXml: 1007,
  notText: 1003,
  policy: 1008,
  tooBig: 1009,
  internal: 1011,
  restart: 1012,
  tryLater: 1013,
} as const;
export type CloseCode = (typeof CLOSE_CODE)[keyof typeof CLOSE_CODE];

export interface Connection {
  readonly transport: 'tcp' | 'websocket';
  /** The client's address, as far as trusted proxies tell it. */
  readonly address: string;
  /** Bytes accepted by `send` that the system has not taken yet. */
  readonly buffered: number;
  /**
   * Sends documents in order: on TCP in one write, on a WebSocket one a frame. `flushed` is called when the
   * system took them all; never when the connection broke before. Does nothing after `end`.
   */
  send(documents: readonly string[], flushed?: () => void): void;
  /** WebSocket: a ping; the pong is reported to {@link ConnectionListener.pong}. TCP: nothing. */
  ping(): void;
  /** Stops and resumes reading, so that a client cannot send faster than it is served. */
  pause(): void;
  resume(): void;
  /**
   * Ends after what was sent: nothing more is reported but `closed`, and the peer has a moment to read the rest.
   * A peer that does not close within 2 seconds is cut off. Safe to repeat.
   */
  end(code: CloseCode): void;
  /** Cuts off at once. */
  destroy(): void;
}

/** What a connection reports, in order. `closed` is the last and comes exactly once. */
export interface ConnectionListener {
  /** Received: bytes (TCP) or a text frame, whole or a part of a document or several. */
  received(data: Uint8Array | string): void;
  /** Something that is no text came: a binary WebSocket frame. */
  receivedBinary(): void;
  /** WebSocket: the answer to the oldest unanswered ping. */
  pong(): void;
  /** What was buffered has been taken by the system. */
  drained(): void;
  /** TCP: the client sent its FIN: nothing more will come, but it may still read. */
  finished(): void;
  /**
   * Over. `isOrderly`: the peer had read all that was flushed, as far as the transport can tell. WebSocket: it
   * answered our close frame. TCP: the peer sent its FIN and no reset within a second (IMS 2, "What is promised").
   */
  closed(isOrderly: boolean): void;
}

/** Called for each new connection; what it returns is told what happens on it. */
export type Accept = (connection: Connection) => ConnectionListener;
