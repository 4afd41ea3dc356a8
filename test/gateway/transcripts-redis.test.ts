/** The transcripts on the redis store. */

import { ALL_STAGINGS, describePlays } from '../transcripts/suite.ts';

await describePlays('redis', ALL_STAGINGS);
