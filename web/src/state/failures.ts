/** Why a message did not get there, in words. */

import { doing } from '../texts/doing.svelte.ts';

/** `reason`: the gateway's, or the client's own. */
export function describeFailure(reason: string | undefined, name: string): string {
  if (reason === 'unknown') return doing.failures.unknown(name);
  if (reason === 'full') return doing.failures.full(name);
  if (reason === 'lost') return doing.failures.lost;
  if (reason === 'id-used') return doing.failures.idUsed;
  if (reason === 'invalid') return doing.failures.invalid;
  return doing.failures.refused;
}
