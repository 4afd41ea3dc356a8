/** What the quick switcher, the sheet of keys and the skip links say, in German. */

import { pluralsOf } from '../plurals.ts';
import type { HandsTexts } from './en.ts';

const plural = pluralsOf('de');

export const de: HandsTexts = {
  skip: {
    label: 'Springen',
    list: 'Zur Liste springen',
    messages: 'Zu den Nachrichten springen',
    compose: 'Zum Schreibfeld springen',
  },
  switcher: {
    title: 'Wechseln zu',
    placeholder: 'Name einer Person',
    list: 'Leute',
    found: (count) => plural(count, { one: '# Person gefunden', other: '# Personen gefunden' }),
    none: 'Niemand mit diesem Namen.',
    write: (name) => `An ${name} schreiben`,
    writeHint: 'Nicht in deiner Liste',
    choose: 'wählen',
    open: 'öffnen',
    close: 'schließen',
  },
  help: {
    title: 'Tasten',
    or: 'oder',
    lone: 'Einzelne Buchstaben als Tasten',
    loneHint:
      'Außerhalb von Textfeldern. Schalte sie aus, wenn du mit deinem Computer sprichst oder leicht eine Taste streifst.',
  },
  groups: {
    everywhere: 'Überall',
    list: 'In der Liste',
    messages: 'In den Nachrichten',
    compose: 'Beim Schreiben',
  },
  keys: {
    switcher: 'Zu einer Person wechseln',
    search: 'Suchen',
    next: 'Nächste Unterhaltung',
    previous: 'Vorige Unterhaltung',
    nextUnread: 'Nächste ungelesene Unterhaltung',
    previousUnread: 'Vorige ungelesene Unterhaltung',
    compose: 'Eine Nachricht schreiben',
    newest: 'Zur neuesten Nachricht',
    status: 'Dein Status',
    help: 'Diese Übersicht',
    back: 'Ein Schritt zurück: schließt, was offen ist',
    move: 'Von einem zum nächsten',
    ends: 'Zum ersten, zum letzten',
    open: 'Unterhaltung öffnen',
    rowMenu: 'Was man damit tun kann',
    messageMenu: 'Was man mit der Nachricht tun kann',
    send: 'Senden',
    line: 'Neue Zeile',
    messages: 'Vom leeren Feld zu den Nachrichten',
  },
};
