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

/** Of what lacks something, by referral: when it was last tried, and from when on it may be again. In milliseconds. */
type Tried = Map<string, { at: number; again: number }>;

export function createChartLooks({ store, sites, chart, consents, now, newId, version, failed }: ChartLooksDeps): {
  run: () => Promise<number>;
} {
  /** By FHIR base; with the process it is lost, and the round begins anew. */
  const rounds = new Map<string, number>();
  /** By FHIR base. */
  const tries = new Map<string, Tried>();

  async function dueIn(scope: Scope, tried: Tried): Promise<string[]> {
    const at = now().getTime();
    const lacking = await store.transaction(scope, async ({ obligations }) => {
      const ids = new Set<string>();
      for (const kind of BEFORE_SENDING)
        for (const { referralId, content } of await obligations.list({ status: 'open', kind }))
          if (((content as { lacking?: Lacking | null }).lacking?.items.length ?? 0) > 0) ids.add(referralId);
      return ids;
    });
    // Forgotten with time alone, what is tried in vain would come before what was never tried.
    for (const id of tried.keys()) if (!lacking.has(id)) tried.delete(id);
    return [...lacking]
      .filter((id) => (tried.get(id)?.again ?? 0) <= at)
      .sort((left, right) => (tried.get(left)?.at ?? 0) - (tried.get(right)?.at ?? 0))
      .slice(0, MOST_IN_A_ROUND);
  }

  /** @returns how much was found; 'away' where the EHR did not answer at all */
  async function look(scope: Scope, referralId: string): Promise<number | 'away'> {
    const at = now();
    const lacks = await store.transaction(scope, (unit) => lacksNow(unit, referralId, at, []));
    if (!lacks || lacks.sought.length === 0) return 0;
    const { patientId } = lacks.referral;
    const searches = searchesFor(lacks.sought, { patientId, since: lacks.since });
    const read = await chart(scope, patientId, searches);
    if (!read) return 'away';
    if (read.kind === 'failed') return read.away ? 'away' : 0;
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
          payload: { by: 'own-access', types: read.types, found: kept.map(({ id }) => id) },
        });
        return kept;
      }),
    );
    return found.length;
  }

  async function runSite(site: Site): Promise<number> {
    const at = now().getTime();
    if ((rounds.get(site.iss) ?? Number.NEGATIVE_INFINITY) + POLL_MS > at) return 0;
    rounds.set(site.iss, at);
    const scope = scopeOf(site);
    let sum = 0;
    const tried: Tried = tries.get(site.iss) ?? new Map();
    tries.set(site.iss, tried);
    for (const referralId of await dueIn(scope, tried)) {
      tried.set(referralId, { at, again: at + AGAIN_MS });
      try {
        const found = await look(scope, referralId);
        if (found === 'away') {
          // The others would wait for the same silence. It is tried at the next round, after those that were not.
          tried.set(referralId, { at, again: at });
          return sum;
        }
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
