/** The transcripts on the redis store. */

import { STORE_STAGINGS, describePlays } from '../transcripts/suite.ts';

await describePlays('redis', STORE_STAGINGS);
