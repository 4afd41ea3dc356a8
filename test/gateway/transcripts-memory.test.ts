/** The transcripts on the memory store. */

import { ALL_MANNERS, describePlays } from '../transcripts/suite.ts';

await describePlays('memory', ALL_MANNERS);
