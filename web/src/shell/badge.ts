/** How many are unread, on the page's icons: a dot on the tab's, the number on an installed app's. */

const PLAIN = '/icon.svg';
const WITH_DOT = '/icon-unread.svg';

let shown: number | undefined;

export function showBadge(count: number): void {
  if (count === shown) return;
  shown = count;
  const icon = document.querySelector<HTMLLinkElement>('link[rel=icon]');
  const address = count > 0 ? WITH_DOT : PLAIN;
  if (icon && icon.getAttribute('href') !== address) icon.href = address;
  // Refused where the page is not installed: there is nothing to show it on.
  navigator.setAppBadge?.(count).catch(() => undefined);
}
