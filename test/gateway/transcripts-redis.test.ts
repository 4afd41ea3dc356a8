/** The transcripts on the redis store. */

import { ALL_MANNERS, describePlays } from '../transcripts/suite.ts';

await describePlays('redis', ALL_MANNERS);
