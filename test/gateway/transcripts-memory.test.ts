/** The transcripts on the memory store. */

import { ALL_STAGINGS, describePlays } from '../transcripts/suite.ts';

await describePlays('memory', ALL_STAGINGS);
