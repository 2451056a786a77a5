/**
 * The chart is read again by itself for packets that lack something, with the capture's looks and by Refloop's own access: patient by patient and
 * only the parts that may hold it, since a search over all patients would read what nobody needs.
 */
import { searchesFor } from '@refloop/domain/packet/look-again';
import type { ReadChartParts } from '../../ehr/chart-parts.ts';
import type { ReadConsents } from '../../ehr/consents-now.ts';
import { type Site, scopeOf } from '../../sites.ts';
import type { Scope, Store } from '../../store/store.ts';
import { POLL_MS } from '../capture/capture.ts';
import { BEFORE_SENDING, type Lacking } from '../packet-lacking.ts';
import { withRetry } from '../referral-log.ts';
import { keepFound, lacksNow } from './keep-found.ts';

export type ChartLooksDeps = {
  store: Store;
  sites: readonly Site[];
  chart: ReadChartParts;
  consents: ReadConsents;
  now: () => Date;
  newId: () => string;
  version: string;
  /** Told of a referral that could not be looked at, by its error alone. */
  failed: (error: unknown) => void;
};

/** One packet is not looked for more often: what a laboratory sends comes once. Ours. */
const AGAIN_MS = 4 * POLL_MS;
/** Packets in one round of a site, those that waited longest first, so that no EHR is kept busy by it. Ours. */
const MOST_IN_A_ROUND = 25;
const NAME = 'refloop-chart';

export function createChartLooks({ store, sites, chart, consents, now, newId, version, failed }: ChartLooksDeps): {
  run: () => Promise<number>;
} {
  /** By FHIR base; with the process it is lost, and the round begins anew. */
  const rounds = new Map<string, number>();
  const looked = new Map<string, number>();

  async function dueIn(scope: Scope): Promise<string[]> {
    const at = now().getTime();
    const lacking = await store.transaction(scope, async ({ obligations }) => {
      const ids: string[] = [];
      for (const kind of BEFORE_SENDING)
        for (const { referralId, content } of await obligations.list({ status: 'open', kind }))
          if (((content as { lacking?: Lacking | null }).lacking?.items.length ?? 0) > 0) ids.push(referralId);
      return ids;
    });
    for (const id of looked.keys()) if ((looked.get(id) ?? 0) + 2 * AGAIN_MS < at) looked.delete(id);
    const last = (id: string): number => looked.get(id) ?? 0;
    return [...new Set(lacking)]
      .filter((id) => last(id) + AGAIN_MS <= at)
      .sort((left, right) => last(left) - last(right))
      .slice(0, MOST_IN_A_ROUND);
  }

  /** @returns whether the EHR answered, and how much was found */
  async function look(scope: Scope, referralId: string): Promise<{ answered: boolean; found: number }> {
    const at = now();
    const lacks = await store.transaction(scope, (unit) => lacksNow(unit, referralId, at, []));
    if (!lacks || lacks.sought.length === 0) return { answered: true, found: 0 };
    const { patientId } = lacks.referral;
    const searches = searchesFor(lacks.sought, { patientId, since: lacks.since });
    const read = await chart(scope, patientId, searches);
    if (!read || (read.resources.length === 0 && read.unread.length >= searches.length)) return { answered: false, found: 0 };
    const inForce = read.resources.length === 0 ? [] : await consents(scope, patientId);
    const found = await withRetry(() =>
      store.transaction(scope, async (unit) => {
        const kept = await keepFound(unit, referralId, {
          actor: { kind: 'software', name: NAME, version },
          resources: read.resources,
          consents: inForce,
          now: at,
          newId,
        });
        await unit.audit.append({
          at: at.toISOString(),
          actor: { subject: NAME, fhirUser: null, sessionId: null },
          action: 'packet.chart-read',
          purpose: 'TREAT',
          referralId,
          patientId,
          payload: { by: 'own-access', types: searches.map(({ type }) => type), found: kept.map(({ id }) => id) },
        });
        return kept;
      }),
    );
    return { answered: true, found: found.length };
  }

  async function runSite(site: Site): Promise<number> {
    const at = now().getTime();
    if ((rounds.get(site.iss) ?? Number.NEGATIVE_INFINITY) + POLL_MS > at) return 0;
    rounds.set(site.iss, at);
    const scope = scopeOf(site);
    let sum = 0;
    for (const referralId of await dueIn(scope)) {
      try {
        const { answered, found } = await look(scope, referralId);
        // The others would wait for the same silence.
        if (!answered) return sum;
        looked.set(referralId, at);
        sum += found;
      } catch (error) {
        failed(error);
      }
    }
    return sum;
  }

  return {
    run: async () => {
      let sum = 0;
      for (const site of sites.filter(({ system }) => system?.reads === true)) {
        try {
          sum += await runSite(site);
        } catch (error) {
          failed(error);
        }
      }
      return sum;
    },
  };
}
