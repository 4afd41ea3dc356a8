/** The command that performs plays at any running server: `--help` tells its options. */

import { Command } from 'commander';
import pLimit from 'p-limit';
import { createAdmin, createAdminRegistration, createRegistration } from './admin.ts';
import { findMissing, perform, type Manner, type Place } from './perform.ts';
import type { Play } from './play.ts';
import { loadPlays } from './plays.ts';

interface Options {
  tcp: string[];
  ws: string[];
  http?: string;
  admin?: string;
  token?: string;
  packets: Manner['packets'];
  parallel: string;
  customized: boolean;
}

const collect = (value: string, before: string[]): string[] => [...before, value];

const command = new Command('transcripts')
  .description('Performs the plays of test/transcripts/plays at a running server, over TCP, WebSocket and both.')
  .argument('[play...]', 'only these, by file name, e.g. message')
  .option('--tcp <HOST:PORT>', 'native clients connect here; may be repeated: users take turns', collect, [])
  .option('--ws <URL>', 'WebSockets connect here, e.g. ws://127.0.0.1:8080/ims; may be repeated', collect, [])
  .option('--http <URL>', 'accounts are made with POST /api/accounts here (else through --admin)')
  .option('--admin <URL>', 'the admin listener, e.g. http://127.0.0.1:9080')
  .option('--token <TOKEN>', "the admin listener's token (else from ADMIN_TOKEN)")
  .option('--packets <how>', 'documents: one a packet; bytes: one byte a packet; joined: many in one', 'documents')
  .option('--parallel <N>', 'plays performed at once', '4')
  .option('--customized', "the server's limits and statuses are not the defaults", false);

function toPlace(options: Options): Place {
  const token = options.token ?? process.env['ADMIN_TOKEN'];
  const admin = options.admin !== undefined && token !== undefined ? { url: options.admin, token } : undefined;
  if (!admin && options.http === undefined) command.error('error: accounts need --http, or --admin with --token');
  return {
    tcp: options.tcp.map((address) => {
      const { hostname, port } = new URL(`tcp://${address}`);
      return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) };
    }),
    ws: options.ws,
    addAccount: admin ? createAdminRegistration(admin) : createRegistration(options.http!),
    ...(admin && { admin: createAdmin(admin) }),
    hasDefaults: !options.customized,
  };
}

/** The transports that can be tried with the addresses given. */
function toTransports({ tcp, ws }: Place): Manner['transport'][] {
  if (tcp.length > 0 && ws.length > 0) return ['tcp', 'websocket', 'mixed'];
  return tcp.length > 0 ? ['tcp'] : ['websocket'];
}

type Outcome = { readonly play: Play; readonly failed?: string; readonly notRun?: string };

async function performEverywhere(play: Play, place: Place, packets: Manner['packets']): Promise<Outcome> {
  const missing: string[] = [];
  let performed = 0;
  for (const transport of toTransports(place)) {
    const lacks = findMissing(play, place, { transport, packets });
    if (lacks) {
      missing.push(lacks);
      continue;
    }
    performed += 1;
    try {
      await perform(play, place, { transport, packets });
    } catch (error) {
      return { play, failed: `over ${transport}: ${error instanceof Error ? error.message : String(error)}` };
    }
  }
  return performed > 0 ? { play } : { play, notRun: `needs ${missing[0]}` };
}

function report({ play, failed, notRun }: Outcome): void {
  const state = failed ? 'FAILED' : notRun ? 'not run' : 'ok';
  const detail = failed ? `\n${failed}` : notRun ? ` (${notRun})` : '';
  process.stdout.write(`${state.padEnd(8)}${play.file.padEnd(26)}${play.title}${detail}\n`);
}

command.action(async (names: string[], options: Options) => {
  const place = toPlace(options);
  if (place.tcp.length + place.ws.length === 0) command.error('error: give --tcp, --ws or both');
  const plays = await loadPlays(names);
  const limit = pLimit(Number(options.parallel));
  const outcomes = await Promise.all(
    plays.map((play) =>
      limit(async () => {
        const outcome = await performEverywhere(play, place, options.packets);
        report(outcome);
        return outcome;
      }),
    ),
  );
  const failed = outcomes.filter((outcome) => outcome.failed).length;
  const notRun = outcomes.filter((outcome) => outcome.notRun).length;
  process.stdout.write(`\n${outcomes.length - failed - notRun} ok, ${failed} failed, ${notRun} not run\n`);
  process.exitCode = failed > 0 ? 1 : 0;
});

await command.parseAsync();
