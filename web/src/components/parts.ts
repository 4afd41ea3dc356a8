/** The parts of the page that come later, together: dialogs, menus, searches, requests, all messages, and what keys do. */

export { default as AddPerson } from './AddPerson.svelte';
export { default as Composer } from './Composer.svelte';
export { default as ConversationBar } from './people/ConversationBar.svelte';
export { default as ConversationSearch } from './people/ConversationSearch.svelte';
export { default as Invitations } from './people/Invitations.svelte';
export { default as InviteButton } from './people/InviteButton.svelte';
export { default as MessageList } from './MessageList.svelte';
export { default as NoPeople } from './people/NoPeople.svelte';
export { default as Notices } from '../shell/Notices.svelte';
export { default as PersonMenu } from './people/PersonMenu.svelte';
export { default as ProfileMenu } from './people/ProfileMenu.svelte';
export { default as Requests } from './people/Requests.svelte';
export { default as RowMenus } from './people/RowMenus.svelte';
export { default as SearchResults } from './people/SearchResults.svelte';
export { default as StatusPicker } from './people/StatusPicker.svelte';
export { default as Welcome } from './people/Welcome.svelte';
export { describeFailure } from '../state/failures.ts';
