/** The settings' own icons, as paths for {@link Icon}: loaded with them. */

export const ICONS = {
  account: 'M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM4.5 20c0-3.6 3.4-5.5 7.5-5.5s7.5 1.9 7.5 5.5',
  devices: 'M4 5h16v10H4ZM9 20h6m-3-5v5',
  phone: 'M8 3h8a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1Zm3 15h2',
  attention: 'M6 16v-5a6 6 0 0 1 12 0v5l2 2H4Zm4 5h4',
  appearance: 'M12 3a9 9 0 1 0 0 18Zm0 0a9 9 0 0 1 0 18',
  keyboard: 'M3 7h18v10H3Zm4 3.5v.01m4 0v.01m4 0v.01m3 0v.01M8 14h8',
  about: 'M12 11v6m0-9.5v.01M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z',
  forward: 'M9 5l7 7-7 7',
} as const;
