/** Numbers about this EHR's referrals from the snapshot in force, and who stands behind a mark: by role, with a purpose, on record. */
import { CONTRACTING } from '@refloop/analytics/contracting';
import { metricIds, readMetric } from '@refloop/analytics/metric-definition';
import type { DrillResult } from '@refloop/analytics/metric-result';
import { performanceIds } from '@refloop/analytics/performance-definition';
import type { EhrScope } from '@refloop/analytics/pseudonym';
import { NoSnapshot, SnapshotOfAnotherVersion, type Warehouse } from '@refloop/analytics/warehouse';
import type { Referral } from '@refloop/domain/referral/referral';
import type { Cms50Answer, Cms50Question } from '../client/cms50.ts';
import {
  type InsightsStatus,
  type MetricAnswer,
  type MetricQuestion,
  type PlacesAnswer,
  type RowsAnswer,
  type RowsQuestion,
  SEGMENT_NAMES,
  type SegmentName,
} from '../client/insights.ts';
import { placeOfZip3 } from '../matching/zip3-place.ts';
import { problem, type Refusal } from '../problem.ts';
import { actorOf, type Session } from '../sessions/session.ts';
import type { ReferralRow } from '../store/referrals.ts';
import type { Store } from '../store/store.ts';
import { readCms50 } from './cms50.ts';

export type InsightsService = {
  status: (session: Session) => Promise<InsightsStatus>;
  metric: (session: Session, id: string, question: MetricQuestion) => Promise<MetricAnswer | Refusal>;
  cms50: (session: Session, question: Cms50Question) => Promise<Cms50Answer | Refusal>;
  places: (session: Session) => Promise<PlacesAnswer | Refusal>;
  rows: (session: Session, question: RowsQuestion, now: Date) => Promise<RowsAnswer | Refusal>;
};

export const scopeOf = ({ scope: { tenant, issuer } }: Session): EhrScope => ({ tenant, issuer });

const NOTHING_YET: InsightsStatus['choices'] = { specialty: [], site: [], payer: [], months: [] };
const NOT_NAMED = 'The referrals behind this number would tell who said what. They are listed to nobody.';
const NOT_TOLD_APART = 'Told apart by clinician, this number would tell who said what. Tell it apart by something else.';
const noMetric = (): Refusal => problem('not-found', 'There is no such metric.');

const isSegment = (name: string): name is SegmentName => SEGMENT_NAMES.some((known) => known === name);
/** `specialty,month` as its two segments; the route has refused what is none. */
const segmentsOf = (by: string | undefined): SegmentName[] => (by ?? '').split(',').filter(isSegment);

/** Nobody can tell more of them apart in one drawing; those with most referrals. Told apart by two things at once, or by none, none is drawn. */
const DRAWN_CURVES = 4;

/** A list to look through, no export: more are counted, and a narrower view shows them. */
const MOST_ROWS = 200;

/** Before the first snapshot, or the first of this version, there is nothing to ask. */
export async function counted<Value>(work: () => Promise<Value>): Promise<Value | Refusal> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof NoSnapshot || error instanceof SnapshotOfAnotherVersion)
      return problem('not-found', 'Nothing is counted yet. The first snapshot is made within the hour.');
    throw error;
  }
}

export function createInsightsService({ store, warehouse }: { store: Store; warehouse: Warehouse }): InsightsService {
  async function historyOf(session: Session): Promise<Pick<InsightsStatus, 'history' | 'simulated'>> {
    const load = await store.transaction(session.scope, (unit) => unit.historyLoads.get());
    const underWay = load !== undefined && load.finishedAt === null;
    return { simulated: load?.loaded ?? 0, history: underWay ? { loaded: load.loaded, total: load.referrals } : null };
  }

  return {
    status: async (session) => {
      const always = { ...(await historyOf(session)), metrics: metricIds() };
      const known = await counted(async () => {
        const { name, asOf } = await warehouse.manifest();
        const { specialty, site, payer, month, count } = await warehouse.choices(scopeOf(session));
        return { snapshot: { name, asOf, referrals: count }, choices: { specialty, site, payer, months: month } };
      });
      return 'refused' in known ? { snapshot: null, ...always, choices: NOTHING_YET } : { ...known, ...always };
    },

    metric: async (session, id, { by, ...filter }) => {
      if (!metricIds().includes(id)) return noMetric();
      const segments = segmentsOf(by);
      if (segments.includes('requester') && !readMetric(id).namesRows) return problem('unprocessable', NOT_TOLD_APART);
      const curves = segments.length === 1 ? DRAWN_CURVES : 0;
      return counted(() => warehouse.metric({ metric: id, by: segments, scope: scopeOf(session), filter, curves }));
    },

    cms50: async (session, question) => counted(() => readCms50(warehouse, scopeOf(session), question)),

    places: async (session) =>
      counted(async () => {
        const { zip3 } = await warehouse.choices(scopeOf(session));
        return { places: zip3.flatMap((each) => placeOfZip3(each) ?? []) };
      }),

    rows: async (session, question, now) => {
      const { metric, part, segment, category, specialist, filter, purpose } = question;
      if (metricIds().includes(metric) && !readMetric(metric).namesRows) return problem('unprocessable', NOT_NAMED);
      const behind = rowsBehind(warehouse, question, scopeOf(session));
      if (!behind) return noMetric();
      const found = await counted(behind);
      if ('refused' in found) return found;
      return store.transaction(session.scope, async (unit) => {
        const pairs = await unit.warehousePseudonyms.find(found.rows.map(({ referral }) => referral));
        const known = new Map<string, ReferralRow>();
        for (const { pseudonym, referralId } of pairs) {
          const row = await unit.referrals.get(referralId);
          if (row) known.set(pseudonym, row);
        }
        // Where appointments or attempts are counted, a referral stands here as often as it counts.
        const rows = found.rows.flatMap(({ referral, orderedOn, why }): RowsAnswer['rows'] => {
          const row = known.get(referral);
          return row ? [{ ...shown(row), orderedOn, why }] : [];
        });
        await unit.audit.append({
          at: now.toISOString(),
          actor: actorOf(session),
          action: 'insights.rows',
          purpose: 'HOPERAT',
          payload: {
            metric,
            part,
            segment,
            category,
            specialist,
            filter,
            purpose,
            snapshot: found.snapshot,
            referrals: [...new Set(rows.map(({ referralId }) => referralId))],
          },
        });
        return { total: found.total, rows: rows.toSorted((one, other) => (one.orderedOn ?? '').localeCompare(other.orderedOn ?? '')) };
      });
    },
  };
}

/** What asks for them; undefined where there is neither such a metric, nor such a measure of specialists, and it is not the list of contracts. */
function rowsBehind(
  warehouse: Warehouse,
  { metric, part, segment, category, specialist, filter }: RowsQuestion,
  scope: EhrScope,
): (() => Promise<DrillResult>) | undefined {
  const limit = MOST_ROWS;
  if (metricIds().includes(metric)) return () => warehouse.drill({ metric, part, segment, category, filter, limit, scope });
  const specialty = segment.specialty ?? null;
  if (metric === CONTRACTING)
    return () => warehouse.drillContracting({ specialist, specialty, zip3: segment.zip3 ?? null, part, filter, limit, scope });
  if (!performanceIds().includes(metric)) return undefined;
  return () => warehouse.drillPerformance({ measure: metric, specialist, specialty, part, filter, limit, scope });
}

function shown({ referralId, status, state }: ReferralRow): Omit<RowsAnswer['rows'][number], 'orderedOn' | 'why'> {
  const { specialty, urgency, attempts } = state as unknown as Referral;
  return { referralId, specialty, urgency, status, performer: attempts.at(-1)?.performer.display ?? null };
}
