/** IMS LOGIN: the password decides, then a ban; known and unknown names take the same time. */

import { LOGIN_RESULT, toPass, toUserKey } from '../../protocol/documents.ts';
import type { Answer, Route } from './route.ts';

export const login: Route<'LOGIN'> = {
  async handle({ document, services, session }, owner) {
    const answer = (result: string): Answer => ({ document: { name: 'LOGIN', user: document.user, result } });
    const user = toUserKey(document.user);
    const pass = toPass(document.pass);
    if (owner !== undefined || user === undefined || pass === undefined) return answer(LOGIN_RESULT.refused);
    const account = await services.store.readAccount(user);
    const isRight = await services.passwords.verify(pass, account?.pass);
    if (!isRight || account === undefined) return answer(LOGIN_RESULT.refused);
    if (account.banned) return answer(LOGIN_RESULT.banned);
    const opened = await session.open({ ...account, user, spelling: document.user! });
    if (opened === undefined) return answer(LOGIN_RESULT.refused);
    return { ...answer(LOGIN_RESULT.in), next: { start: opened } };
  },
};
