/** Starts the page. */

import { mount } from 'svelte';
import './tokens.css';
import './base.css';
import App from './components/App.svelte';
import { installation } from './shell/install.svelte.ts';
import { reloadForLostParts } from './shell/lost-parts.ts';
import { preferences } from './state/preferences.svelte.ts';
import { showTheme } from './state/theme.ts';
import { speak } from './texts/texts.svelte.ts';

reloadForLostParts();
installation.watch();
showTheme(preferences.theme);

// Not before: nobody shall see the page in a language that is not theirs. Awaited at the top level, it would
// wait for ever: the catalogues import what is in this chunk.
void speak(preferences.language).then(() => mount(App, { target: document.getElementById('app')! }));
