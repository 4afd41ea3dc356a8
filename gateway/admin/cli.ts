/** Where the admin program starts: the process' own arguments, streams and exit code. */

import { runAdmin } from './program.ts';

// `… | head` closes its end early: that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
const { env, stdin, stdout, stderr } = process;
process.exitCode = await runAdmin(process.argv.slice(2), { env, stdin, stdout, stderr, now: Date.now });
