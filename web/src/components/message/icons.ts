/** The icons of what is done with messages: they come with the menu of one, and with the place to write. */

export const COPY =
  'M9 9h10a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H9a1 1 0 0 1-1-1V10a1 1 0 0 1 1-1ZM16 9V4a1 1 0 0 0-1-1H5a1 1 0 0 0-1 1v10a1 1 0 0 0 1 1h3';
export const RETRY = 'M20 5v5h-5M19.5 10A8 8 0 1 0 20 14';
export const TRASH = 'M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5m4-5v5';
export const EMOJI = 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM8.5 14.5a4.5 4.5 0 0 0 7 0M9 9.5v.01M15 9.5v.01';
export const SEND = 'M4 12l16-8-6 16-3-6.5Zm7 1.5L20 4';
