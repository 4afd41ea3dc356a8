/** IMS 2 READ: somebody looked at the messages of another user, up to a number. */

import { toUserKey } from '../../protocol/documents.ts';
import { toNumber } from './numbers.ts';
import type { Route } from './route.ts';

export const read: Route<'READ'> = {
  isVersion2: true,
  async handle({ document, services }, owner) {
    const other = toUserKey(document.with);
    const upto = toNumber(document.upto);
    const name = other === undefined || upto === undefined ? undefined : await services.directory.find(other);
    if (name !== undefined) await services.marks.read(owner, name, upto!);
    return {};
  },
};
