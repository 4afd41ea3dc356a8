/** Metrics over the admin listener: of this process, or of all that are one gateway. */

import { allowOnly, type Express } from '../json-http.ts';
import { METRICS_TYPE, writeReports } from '../metrics/reports.ts';
import type { AdminOptions } from './listener.ts';

export function serveMetrics(app: Express, { gateway }: AdminOptions): void {
  app
    .route('/metrics')
    .get(async (_request, response) => {
      const text = await writeReports(await gateway.readMetrics());
      response.set('Content-Type', METRICS_TYPE).send(text);
    })
    .all(allowOnly('GET', 'HEAD'));
}
