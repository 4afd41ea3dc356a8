/** Offers that the user has declined in this browser: they are not made again. */

const KEY = 'ims.declined.';

export function isPutAway(offer: string): boolean {
  try {
    return localStorage.getItem(KEY + offer) !== null;
  } catch {
    return false;
  }
}

export function putAway(offer: string): void {
  try {
    localStorage.setItem(KEY + offer, '1');
  } catch {
    // The browser keeps nothing: it holds as long as this page.
  }
}
