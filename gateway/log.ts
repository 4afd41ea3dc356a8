/** The log: JSON lines on standard error, without what nobody but its owner may read. */

import { pino, type DestinationStream, type Logger } from 'pino';
import type { Config } from './config.ts';

export type { Logger } from 'pino';

/** Nobody logs these; a second fence for the day when somebody does. */
const SECRETS = ['pass', 'password', 'token', 'authorization', 'text', 'body'];

/** JSON lines of the configured level and above, on standard error unless told otherwise: standard output is for people. */
export function createLogger(
  { logLevel }: Pick<Config, 'logLevel'>,
  destination: DestinationStream = pino.destination({ fd: 2, sync: true }),
): Logger {
  const paths = SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);
  return pino(
    { level: logLevel, redact: { paths, censor: '[redacted]' }, serializers: { err: describeError } },
    destination,
  );
}

/**
 * What an error says of itself. Never its other properties: ioredis hangs the command with its arguments on them,
 * express the request's body.
 */
function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack, cause } = error;
  const { code } = error as NodeJS.ErrnoException;
  return {
    type: name,
    message,
    stack,
    ...(code !== undefined && { code }),
    ...(cause !== undefined && { cause: describeError(cause) }),
  };
}
