/** The icons of what is done about people: they come with menus and buttons. */

export const BLOCK = 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM5.7 5.7l12.6 12.6';
export const INVITE = 'M10 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM3 20c0-3.5 3-5.5 7-5.5 1.5 0 3 .3 4 .8M18 14v6m-3-3h6';
export const LEAVE = 'M14 4H6a1 1 0 0 0-1 1v14a1 1 0 0 0 1 1h8M10 12h10m-3.5-3.5L20 12l-3.5 3.5';
export const REMOVE = 'M10 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM3 20c0-3.5 3-5.5 7-5.5 1.5 0 3 .3 4 .8M15 17h6';
export const SETTINGS = 'M4 7h9m4 0h3M15 4.5v5M4 17h3m4 0h9M9 14.5v5';
