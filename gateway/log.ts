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

/** What knows whether the store answers. */
interface StoreWatch {
  readonly isAnswering: boolean;
  /** Finds out. Never rejects. */
  check(): Promise<void>;
}

/** Never the store's: a bug is told in full, whatever else is going on. */
const BUGS = [TypeError, ReferenceError, RangeError, SyntaxError];

/**
 * A log in which an outage of the store is not told once for each session: while the store is away, what failed (a line
 * with `err`) is at the debug level, without a stack. The first failures of an outage wait until it is known for one.
 */
export function quietenOutages(logger: Logger, watch: StoreWatch): Logger {
  const atLevel =
    (level: 'warn' | 'error') =>
    (fields: { err?: unknown }, text: string): void => {
      const { err, ...rest } = fields;
      if (err === undefined || BUGS.some((bug) => err instanceof bug)) return logger[level](fields, text);
      const write = (): void => {
        if (watch.isAnswering) logger[level](fields, text);
        else logger.debug({ ...rest, why: err instanceof Error ? err.message : String(err) }, text);
      };
      if (watch.isAnswering) void watch.check().then(write);
      else write();
    };
  return Object.assign(Object.create(logger) as Logger, { warn: atLevel('warn'), error: atLevel('error') });
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
