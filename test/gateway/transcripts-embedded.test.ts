/** The transcripts on the embedded store. */

import { STORE_STAGINGS, describePlays } from '../transcripts/suite.ts';

await describePlays('embedded', STORE_STAGINGS);
