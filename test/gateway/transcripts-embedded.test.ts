/** The transcripts on the embedded store. */

import { ALL_MANNERS, describePlays } from '../transcripts/suite.ts';

await describePlays('embedded', ALL_MANNERS);
