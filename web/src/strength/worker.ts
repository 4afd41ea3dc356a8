/** Measures passwords away from the page: the lists are large, and building them takes longer than a key press may. */

import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common';
import firstnames from '@zxcvbn-ts/language-en/dist/firstnames.json.mjs';
import type { StrengthAnswer, StrengthQuestion, Suggestion, Warning } from './strength.ts';

// Everybody who attacks this page tries its own words.
const PAGE_WORDS = ['ims', 'gateway', 'chat', 'message', 'messenger'];

// Those of English at large double the size and changed no score that was tried: the lists of passwords have them.
const meter = new ZxcvbnFactory({
  dictionary: { ...dictionary, firstnames },
  graphs: adjacencyGraphs,
});

addEventListener('message', ({ data }: MessageEvent<StrengthQuestion>) => {
  const { score, feedback } = meter.check(data.password, [...data.known, ...PAGE_WORDS]);
  // Without translations the meter answers with the keys of its texts.
  const warning = (feedback.warning ?? undefined) as Warning | undefined;
  const suggestions = feedback.suggestions as Suggestion[];
  postMessage({ id: data.id, strength: { score, warning, suggestions } } satisfies StrengthAnswer);
});
