/** CMS50 as far as our own referrals tell. */
import { dayIn } from '@refloop/analytics/calendar-day';
import { readMeasure } from '@refloop/analytics/cms50/measure';
import { periodOf } from '@refloop/analytics/cms50/run-cms50';
import type { MetricFilter, MetricResult } from '@refloop/analytics/metric-result';
import type { EhrScope } from '@refloop/analytics/pseudonym';
import { yearOf } from '@refloop/analytics/run-metric';
import { type SnapshotManifest, timezoneOf } from '@refloop/analytics/snapshot';
import type { Warehouse } from '@refloop/analytics/warehouse';
import type { Cms50Answer, Cms50Question } from '../client/cms50.ts';

const METRICS = ['cms50_referrals', 'cms50_reconciliation', 'cms50_open'] as const;

/** Months of a period; where months are named they stay, and the year is theirs. */
function filterOf({ period, ...filter }: Cms50Question): MetricFilter {
  if (period === undefined || filter.from !== undefined || filter.to !== undefined) return filter;
  return { ...filter, from: `${period}-01`, to: `${period}-12` };
}

type Asked = { manifest: SnapshotManifest; answers: MetricResult[] };

/** Of one snapshot, also where another is put in force between the questions. */
async function ofOneSnapshot(ask: () => Promise<Asked>): Promise<Asked> {
  const asked = await ask();
  return asked.answers.every(({ snapshot }) => snapshot === asked.manifest.name) ? asked : ask();
}

export async function readCms50(warehouse: Warehouse, scope: EhrScope, question: Cms50Question): Promise<Cms50Answer> {
  const filter = filterOf(question);
  const { manifest, answers } = await ofOneSnapshot(async () => {
    const manifest = await warehouse.manifest();
    const answers: MetricResult[] = [];
    for (const metric of METRICS) answers.push(await warehouse.metric({ metric, by: [], scope, filter }));
    return { manifest, answers };
  });
  const [own, reconciliation, open] = answers;
  if (!own || !reconciliation || !open) throw new Error('A metric of CMS50 gave no answer.');
  const { head, ownEventsCannotKnow } = readMeasure();
  const timezone = timezoneOf(manifest);
  const year = yearOf(filter, dayIn(timezone)(manifest.asOf));
  const { id, title, document, writtenFor, initialPopulation, numerator } = head;
  return {
    measure: { id, title, document, writtenFor, initialPopulation, numerator },
    period: { year, ...periodOf(year) },
    timezone,
    asOf: own.asOf,
    snapshot: own.snapshot,
    own,
    reconciliation,
    open,
    cannotKnow: ownEventsCannotKnow,
  };
}
