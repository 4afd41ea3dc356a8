/** The transcripts on a Redis Cluster of three masters, each with a replica. */

import { CLUSTER_STAGINGS, describePlays } from '../transcripts/suite.ts';

await describePlays('cluster', CLUSTER_STAGINGS);
