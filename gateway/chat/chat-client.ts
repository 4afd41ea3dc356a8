/** What the chat needs of a client. */

import type { Client } from '../../protocol/client.ts';

/** The client of IMS 2 has more, the classic one has no more. */
export type ChatClient = {
  /** It holds no changes of friendships, and cannot block. */ readonly isClassic?: boolean;
} & Pick<
  Client,
  | 'user'
  | 'connection'
  | 'conversations'
  | 'conversation'
  | 'friends'
  | 'invitations'
  | 'hasOlder'
  | 'logIn'
  | 'start'
  | 'stop'
  | 'logOut'
  | 'send'
  | 'excess'
  | 'resend'
  | 'read'
  | 'typing'
  | 'friend'
  | 'block'
  | 'setStatus'
  | 'askStatuses'
  | 'loadOlder'
>;
