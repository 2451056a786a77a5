/** Metrics as files: without small cells, for leads, with a purpose, on record. */
import { metricsTable, toCsv, toParquet } from '@refloop/analytics/export-metrics';
import { metricIds } from '@refloop/analytics/metric-definition';
import type { MetricResult } from '@refloop/analytics/metric-result';
import { withoutSmallCells } from '@refloop/analytics/small-cells';
import type { Warehouse } from '@refloop/analytics/warehouse';
import type { ExportFormat, ExportQuestion } from '../client/insights.ts';
import { problem, type Refusal } from '../problem.ts';
import { documentPdf } from '../reports/document-pdf.ts';
import { viewReport } from '../reports/view-report.ts';
import { actorOf, type Session } from '../sessions/session.ts';
import type { Store } from '../store/store.ts';
import { counted } from './insights.ts';

export type ExportService = {
  file: (session: Session, format: ExportFormat, question: ExportQuestion, now: Date) => Promise<Uint8Array<ArrayBuffer> | Refusal>;
};

async function bytesOf(format: ExportFormat, { title, filter }: ExportQuestion, results: MetricResult[]): Promise<Uint8Array<ArrayBuffer>> {
  switch (format) {
    case 'csv':
      return new TextEncoder().encode(toCsv(metricsTable(results, withoutSmallCells)));
    case 'parquet':
      return new Uint8Array(await toParquet(metricsTable(results, withoutSmallCells)));
    case 'pdf':
      return documentPdf(viewReport(title, filter, results));
  }
}

export function createExportService({ store, warehouse }: { store: Store; warehouse: Warehouse }): ExportService {
  return {
    file: async (session, format, question, now) => {
      const { metrics, by, filter, purpose } = question;
      const unknown = metrics.find((id) => !metricIds().includes(id));
      if (unknown !== undefined) return problem('not-found', 'There is no such metric.');
      const { tenant, issuer } = session.scope;
      const answered = await counted(async () => {
        const results: MetricResult[] = [];
        for (const metric of metrics)
          results.push(await warehouse.metric({ metric, by: [by], scope: { tenant, issuer }, filter, curves: 0 }));
        return results;
      });
      if ('refused' in answered) return answered;
      const bytes = await bytesOf(format, question, answered);
      await store.transaction(session.scope, (unit) =>
        unit.audit.append({
          at: now.toISOString(),
          actor: actorOf(session),
          action: 'insights.exported',
          purpose: 'HOPERAT',
          payload: { metrics, by, filter, format, purpose, snapshot: answered[0]?.snapshot ?? null },
        }),
      );
      return bytes;
    },
  };
}
