/** The transcripts on the embedded store. */

import { ALL_STAGINGS, describePlays } from '../transcripts/suite.ts';

await describePlays('embedded', ALL_STAGINGS);
