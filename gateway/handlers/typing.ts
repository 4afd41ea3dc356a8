/** IMS 2 TYPING: passed on to a friend's sessions of version 2; neither logged nor answered. */

import { toUserKey } from '../../protocol/documents.ts';
import type { Route } from './route.ts';

export const typing: Route<'TYPING'> = {
  isVersion2: true,
  gate: { nameIn: ({ from }) => from, refuse: () => undefined },
  async handle({ document, services, session }, owner) {
    const to = toUserKey(document.to);
    const isTold = to !== undefined && to !== owner.user && session.version2!.mayTellTyping(to);
    if (isTold) await services.store.tellTyping(to, owner.name);
    return {};
  },
};
