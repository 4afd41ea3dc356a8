/** Starts the page. */

import { mount } from 'svelte';
import './tokens.css';
import './base.css';
import App from './components/App.svelte';

mount(App, { target: document.getElementById('app')! });
