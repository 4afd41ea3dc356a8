/** What becomes of own messages: answered, seen in the log, refused by their id, or lost by the log. */

import { stateOf } from './describe.ts';
import { checkOf } from './entry.ts';
import type { HeldEntry } from './entry.ts';
import { isOwnName } from './holdings.ts';
import type { Holdings } from './holdings.ts';
import type { Notices } from './notices.ts';
import type { Outgoing } from './outbox.ts';
import { MESSAGE_RESULT, toAsciiLower } from '../documents.ts';
import type { ServerDocument } from '../documents.ts';

/** The answer to a MESSAGE. */
type MessageAnswer = Extract<ServerDocument, { name: 'MESSAGE'; result: string }>;

export class OwnMessages {
  readonly #get: () => Holdings;
  readonly #notices: Notices;

  constructor(holdings: () => Holdings, notices: Notices) {
    this.#get = holdings;
    this.#notices = notices;
  }

  /** The answer stands for the own entry. */
  takeAnswer(answer: MessageAnswer): void {
    const { outbox } = this.#get();
    const item = outbox.find(Number(answer.id));
    const reason = answer.result === MESSAGE_RESULT.refused ? (answer.reason ?? 'refused') : undefined;
    if (item && item.failed === undefined) this.#settle(item, answer, reason);
    else if (answer.at !== undefined && reason !== undefined) this.#explain(answer.at, reason);
  }

  /** IMS 2 ERROR `id-used`: the gateway had another message under that id. */
  refuseId(id: number): void {
    const item = this.#get().outbox.find(id);
    // One that the log lost came too late to be sent again: the gateway has higher ones.
    if (item && item.failed === undefined) this.#fail(item, item.at === undefined ? 'id-used' : 'lost');
  }

  /** An own entry is as good as its answer; one that was lost may be back from the receiver's copy. */
  recognise(entry: HeldEntry): void {
    const { account, outbox, log } = this.#get();
    if (entry.name !== 'MESSAGE' || !isOwnName(this.#get(), entry.from)) return;
    const item =
      entry.device === account.device
        ? outbox.find(Number(entry.id))
        : outbox.lost.find(({ at = '' }) => checkOf(at) === checkOf(entry.at));
    if (item?.text !== entry.text || toAsciiLower(item.to) !== toAsciiLower(entry.to)) return;
    outbox.remove(item.id);
    log.attribute(entry.at, account.device, String(item.id));
  }

  /** What the log does not have any more is sent again, or shown as failed; `page`: what it has instead. */
  noteDropped(dropped: readonly HeldEntry[], page: readonly HeldEntry[]): void {
    const { log, outbox, account, marks } = this.#get();
    for (const entry of dropped) {
      const peer = log.entries.peerOf(entry);
      this.#notices.addConversation(peer);
      if (entry.name !== 'MESSAGE' || entry.device !== account.device) continue;
      // A message keeps its check wherever it is moved.
      const moved = page.find((other) => checkOf(other.at) === checkOf(entry.at) && log.entries.peerOf(other) === peer);
      if (moved) log.attribute(moved.at, account.device, entry.id);
      if (moved || outbox.find(Number(entry.id))) continue;
      const { to, text, time, at } = entry;
      const item = { id: Number(entry.id), to, text, time: Date.parse(time ?? '') };
      // Its writer was told, and may have written another one.
      const wasRefused = stateOf(entry, { ...account, mark: marks.of(peer) }) === 'refused';
      if (wasRefused) outbox.fail(item, 'lost', at);
      else outbox.lose(item, at);
    }
  }

  #settle(item: Outgoing, { at, time, n, id }: MessageAnswer, reason: string | undefined): void {
    if (at === undefined || n === undefined) {
      this.#fail(item, reason ?? 'refused');
      return;
    }
    const { account, log, outbox } = this.#get();
    const { to, text } = item;
    outbox.remove(item.id);
    log.takeAnswer({ name: 'MESSAGE', at, time, n, from: account.user, to, device: account.device, id, text, reason });
    this.#notices.addConversation(to);
  }

  /** It was recognised in the log before, which does not say why. */
  #explain(at: string, reason: string): void {
    const { log } = this.#get();
    log.explain(at, reason);
    const entry = log.entries.find(at);
    if (entry) this.#notices.addConversation(log.entries.peerOf(entry));
  }

  #fail(item: Outgoing, reason: string): void {
    this.#get().outbox.fail(item, reason);
    this.#notices.addConversation(item.to);
  }
}
