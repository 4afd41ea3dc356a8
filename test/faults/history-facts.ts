/** Judges facts (a status, a friendship, an invitation): who asks is told what was written last. */

import { violate, type Violation } from './history-check.ts';
import type { History, Operation } from './history.ts';

/** What a fact is before anybody writes it. */
export const UNWRITTEN = '';

export function findFactViolations({ operations }: History): Violation[] {
  const writes = new Map<string, Operation[]>();
  const reads: Operation[] = [];
  for (const operation of operations) {
    if (operation.kind === 'read' && operation.state === 'ok') reads.push(operation);
    if (operation.kind !== 'write') continue;
    const ofFact = writes.get(operation.about);
    if (ofFact) ofFact.push(operation);
    else writes.set(operation.about, [operation]);
  }
  return reads.flatMap((read) => judge(read, writes.get(read.about) ?? []) ?? []);
}

/** What was read must have been written, and not overwritten for sure before it was asked for. */
function judge(read: Operation, writes: readonly Operation[]): Violation | undefined {
  const { about, value, invoked, answered } = read;
  const said = `is ${value || 'nothing'} to who asks`;
  const sources = writes.filter((write) => write.value === value && write.invoked.index < answered!.index);
  const possible = sources.filter(({ state }) => state !== 'fail');
  if (value !== UNWRITTEN && possible.length === 0) {
    const [refused] = sources;
    const why = refused ? 'which was refused' : 'which nobody wrote';
    return violate('phantom', about, `${said}, ${why}`, refused?.invoked, refused?.answered, answered);
  }
  const done = writes.filter(({ state, answered: end }) => state === 'ok' && end!.index < invoked.index);
  // One that was never answered may happen at any time after it was sent.
  const overwritten = (source?: Operation): Operation | undefined =>
    done.find(
      (write) =>
        write.value !== value && (!source || (source.state === 'ok' && source.answered!.index < write.invoked.index)),
    );
  const initial = value === UNWRITTEN ? [undefined] : [];
  const candidates = [...initial, ...possible];
  if (candidates.some((source) => !overwritten(source))) return undefined;
  const last = overwritten(candidates.at(-1))!;
  return violate('lost', about, `${said}, and ${last.value} was answered`, last.invoked, last.answered, answered);
}
