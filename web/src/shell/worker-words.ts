/** What the page and its service worker say to each other. */

/** What a notification is about. */
export interface NotificationData {
  /** Whose notification it is. */
  readonly user: string;
  /** The other user's key: the conversation to open. */
  readonly key: string;
}

/** A notification was clicked. */
export type FromWorker = { readonly kind: 'open' } & NotificationData;

/** To a worker that waits: from now on the new version. */
export const TAKE_OVER = 'take over';
