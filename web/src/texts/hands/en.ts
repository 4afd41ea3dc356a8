/** What the quick switcher, the sheet of keys and the skip links say, in English: the shape every other language has. */

import { pluralsOf } from '../plurals.ts';

const plural = pluralsOf('en');

export const en = {
  skip: {
    label: 'Skip to',
    list: 'Skip to the list',
    messages: 'Skip to the messages',
    compose: 'Skip to the place to write',
  },
  switcher: {
    title: 'Switch to',
    placeholder: 'Name of a person',
    list: 'People',
    found: (count: number) => plural(count, { one: '# person found', other: '# people found' }),
    none: 'Nobody of that name.',
    write: (name: string) => `Write to ${name}`,
    writeHint: 'Not in your list',
    choose: 'choose',
    open: 'open',
    close: 'close',
  },
  help: {
    title: 'Keys',
    or: 'or',
    lone: 'Single letters as keys',
    loneHint: 'Outside of text fields. Turn them off if you speak to your computer, or press keys by accident.',
  },
  groups: {
    everywhere: 'Everywhere',
    list: 'In the list',
    messages: 'In the messages',
    compose: 'Where you write',
  },
  keys: {
    switcher: 'Switch to a person',
    search: 'Search',
    next: 'Next conversation',
    previous: 'Previous conversation',
    nextUnread: 'Next unread conversation',
    previousUnread: 'Previous unread conversation',
    compose: 'Write a message',
    newest: 'To the newest message',
    status: 'Your status',
    help: 'This sheet',
    back: 'One step back: closes what is open',
    move: 'From one to the next',
    ends: 'To the first, to the last',
    open: 'Open the conversation',
    rowMenu: 'What can be done with it',
    messageMenu: 'What can be done with the message',
    send: 'Send',
    line: 'New line',
    messages: 'From an empty field to the messages',
  },
};

export type HandsTexts = typeof en;
