/** JSON over HTTP as both listeners speak it: bodies in, refusals as `{error}` out. */

import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import type { Logger } from './log.ts';
import { BusyError } from './passwords.ts';

export { express };
export type { Express, Request, RequestHandler, Response };

/** A request that is not done: `message` is one sentence for people. */
export class HttpError extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** 422: what in the body is wrong. */
  readonly field: string | undefined;

  constructor(
    status: number,
    message: string,
    { headers = {}, field, cause }: { headers?: Record<string, string>; field?: string; cause?: unknown } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'HttpError';
    this.status = status;
    this.headers = headers;
    this.field = field;
  }
}

/** An express app whose answers nobody keeps, unless they say otherwise. */
export function createJsonApp(): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use((_request, response, next) => {
    response.set('Cache-Control', 'no-store');
    next();
  });
  return app;
}

/** The last handlers: what nothing answered is not found, what was thrown is told; what is our fault is logged. */
export function endJsonApp(app: Express, logger: Logger): void {
  const refuse: ErrorRequestHandler = (error: unknown, request, response, next) => {
    const { status, message, headers, field, cause } = toHttpError(error);
    // The path alone: a query or a body may hold what no log should.
    if (status >= 500)
      logger.error({ err: cause ?? error, method: request.method, path: request.path }, 'request failed');
    if (response.headersSent) return next(error);
    response.status(status).set(headers).json({ error: message, field });
  };
  app.use(() => {
    throw new HttpError(404, 'There is nothing at this address.');
  });
  app.use(refuse);
}

/** Reads a JSON body of up to 4 KiB. */
export const readJson: readonly RequestHandler[] = [
  (request, _response, next) => {
    if (!request.is('application/json')) throw new HttpError(415, 'The body must be JSON, sent as application/json.');
    next();
  },
  express.json({ limit: 4096, inflate: false }),
];

/** Refuses every method but those named. */
export function allowOnly(...methods: readonly string[]): RequestHandler {
  const allow = methods.join(', ');
  return (request) => {
    throw new HttpError(405, `${request.method} is not possible here, only ${allow}.`, { headers: { Allow: allow } });
  };
}

/** What the store answers; 503 when it does not. */
export async function askStore<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    throw new HttpError(503, 'The store does not answer; try again in a few seconds.', {
      headers: { 'Retry-After': '5' },
      cause,
    });
  }
}

function toHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  if (error instanceof BusyError) {
    return new HttpError(429, 'The gateway is busy; try again in a few seconds.', { headers: { 'Retry-After': '5' } });
  }
  // express and its body reader set these. Their messages quote the body.
  const { status, type } = error as { status?: unknown; type?: unknown };
  if (status === 413) return new HttpError(413, 'The body is larger than 4 KiB.');
  if (status === 415) return new HttpError(415, 'The body must be JSON in UTF-8, not compressed.');
  if (type === 'entity.parse.failed') return new HttpError(400, 'The body is not well-formed JSON.');
  if (typeof status === 'number' && status >= 400 && status < 500)
    return new HttpError(status, 'The request is malformed.');
  return new HttpError(500, 'The gateway failed at this; its log says why.', { cause: error });
}
