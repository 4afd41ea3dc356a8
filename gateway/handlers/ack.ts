/** IMS 2 ACK: the client has stored the log up to a place, as far as it was sent. */

import { PLACE } from '../../protocol/documents.ts';
import type { Route } from './route.ts';

export const ack: Route<'ACK'> = {
  isVersion2: true,
  async handle({ document, services, session }, owner) {
    const at = PLACE.test(document.at ?? '') ? session.version2!.bound(document.at!) : undefined;
    // Awaited: what follows, a LOGOUT too, comes after it is written.
    if (at !== undefined) await services.marks.confirm(owner, at);
    return {};
  },
};
