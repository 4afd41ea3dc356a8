/** What can want someone's attention: each conversation with unread messages, and the invitations together. */

import type { Session } from '../state/session.svelte.ts';
import { doing } from '../texts/doing.svelte.ts';

export interface Source {
  /** The other user's; empty for the invitations, which are in the list of people. */
  readonly key: string;
  readonly unread: number;
  /** What a notification says. */
  readonly describe: () => { readonly title: string; readonly text: string };
}

/** A blocked user's are left out, and those of who was never let in. */
export function listSources(session: Session): readonly Source[] {
  const { conversations, roster } = session;
  const heard = conversations.list.filter(({ key, isBlocked }) => !isBlocked && !session.isStranger(key));
  const invited = roster.invitations;
  return [
    ...heard.map(({ key, name, unread }) => ({
      key,
      unread,
      describe: () => ({
        title: unread > 1 ? doing.attention.several(name, unread) : name,
        text: conversations.with(key).items.findLast(isIncoming)?.text ?? '',
      }),
    })),
    {
      key: '',
      unread: invited.length,
      describe: () => ({ title: doing.attention.invitation, text: invited.join(', ') }),
    },
  ];
}

type Item = ReturnType<Session['conversations']['with']>['items'][number];

function isIncoming(item: Item): item is Extract<Item, { kind: 'message' }> {
  return item.kind === 'message' && !item.isOwn;
}
