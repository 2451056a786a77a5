/**
 * The chart is read again for what a packet lacks: by a press of whoever sends it, with Refloop's own access, and by the next launch on the
 * patient, with the token of whoever opened it. What is there takes the item off every list.
 */
import { specialtyById } from '@refloop/domain/clinical/specialty';
import { type FhirResource, object } from '@refloop/domain/fhir/read';
import { type ChartSearch, type FoundItem, searchesFor } from '@refloop/domain/packet/look-again';
import type { ChartFound, ChartLook, ChartRead, ChartWanted } from '../../client/chart-look.ts';
import type { ReadChartParts } from '../../ehr/chart-parts.ts';
import type { ReadConsents } from '../../ehr/consents-now.ts';
import { isRefusal, problem, type Refusal, Refused } from '../../problem.ts';
import { actorOf, type PatientSession, personOf, type Session } from '../../sessions/session.ts';
import type { Scope, Store, Unit } from '../../store/store.ts';
import { noSuchReferral, requireOwn } from '../own-referral.ts';
import { isBeforeSending, type Lacking } from '../packet-lacking.ts';
import type { PacketService } from '../packets.ts';
import { withRetry } from '../referral-log.ts';
import { keepFound, type Lacks, lacksNow } from './keep-found.ts';

export type ChartAgainService = {
  look: (session: Session, referralId: string, now: Date) => Promise<ChartLook | Refusal>;
  wanted: (session: PatientSession, now: Date) => Promise<ChartWanted>;
  given: (session: PatientSession, read: ChartRead, now: Date) => Promise<ChartFound>;
};

export type ChartAgainDeps = {
  store: Store;
  newId: () => string;
  consents: ReadConsents;
  chart: ReadChartParts;
  packets: Pick<PacketService, 'view'>;
};

const NO_PACKET = 'There is no packet of this referral that the chart could add to. Reload the list.';

const STANDINGS = { read: 'looked', failed: 'not-read' } as const;

const searchesOf = ({ sought, referral: { patientId }, since }: Lacks): readonly ChartSearch[] => searchesFor(sought, { patientId, since });

/** Referrals of a patient of whose packet something is missing that nobody lets it go without. */
export async function lackingReferrals(unit: Unit, patientId: string): Promise<string[]> {
  const lacking: string[] = [];
  for (const { referralId } of await unit.referrals.listByPatient(patientId)) {
    const open = await unit.obligations.list({ status: 'open', referralId });
    const lacks = open.some(
      ({ kind, content }) => isBeforeSending(kind) && ((content as { lacking?: Lacking | null }).lacking?.items.length ?? 0) > 0,
    );
    if (lacks) lacking.push(referralId);
  }
  return lacking;
}

export function createChartAgainService({ store, newId, consents, chart, packets }: ChartAgainDeps): ChartAgainService {
  async function recorded(
    unit: Unit,
    session: Session,
    now: Date,
    about: { referralId: string; patientId: string; by: 'own-access' | 'launch'; types: readonly string[]; found: readonly FoundItem[] },
  ): Promise<void> {
    const { referralId, patientId, by, types, found } = about;
    await unit.audit.append({
      at: now.toISOString(),
      actor: actorOf(session),
      action: 'packet.chart-read',
      purpose: 'TREAT',
      referralId,
      patientId,
      payload: { by, types: [...types], found: found.map(({ id }) => id) },
    });
  }

  /** What needs a consent is found by one that is in force now; none is asked for where nothing is looked for. */
  const consentsOf = (scope: Scope, patientId: string): Promise<readonly FhirResource[]> => consents(scope, patientId);

  return {
    look: async (session, referralId, now) => {
      const lacks = await store.transaction(session.scope, async (unit) => {
        await requireOwn(unit, session, referralId);
        if (!(await unit.referrals.get(referralId))) throw new Refused(noSuchReferral());
        return lacksNow(unit, referralId, now, []);
      });
      if (!lacks) return problem('conflict', NO_PACKET);
      const { patientId } = lacks.referral;
      const searches = searchesOf(lacks);
      const read = searches.length === 0 ? undefined : await chart(session.scope, patientId, searches);
      let found: readonly FoundItem[] = [];
      if (read?.kind === 'read') {
        const inForce = await consentsOf(session.scope, patientId);
        found = await withRetry(() =>
          store.transaction(session.scope, async (unit) => {
            await requireOwn(unit, session, referralId);
            const kept = await keepFound(unit, referralId, {
              actor: personOf(session),
              resources: read.resources,
              consents: inForce,
              now,
              newId,
            });
            await recorded(unit, session, now, {
              referralId,
              patientId,
              by: 'own-access',
              types: read.types,
              found: kept,
            });
            return kept;
          }),
        );
      }
      const viewed = await packets.view(session, referralId, now);
      if (isRefusal(viewed)) return viewed;
      if (viewed.standing === 'none') throw new Refused(problem('conflict', NO_PACKET));
      return {
        standing: searches.length === 0 ? 'nothing-lacks' : read ? STANDINGS[read.kind] : 'no-access',
        found: found.map(({ label, date }) => ({ label, date })),
        unread: read?.kind === 'failed' ? read.why : (read?.unread ?? []),
        packet: viewed.packet,
      };
    },

    wanted: async (session, now) =>
      store.transaction(session.scope, async (unit) => {
        const since = new Map<string, string | null>();
        for (const referralId of await lackingReferrals(unit, session.patientId)) {
          const lacks = await lacksNow(unit, referralId, now, []);
          if (!lacks) continue;
          for (const { type, path } of searchesOf(lacks)) {
            const from = path.includes('_lastUpdated') ? lacks.since : null;
            const before = since.get(type);
            since.set(type, before === undefined ? from : before === null || from === null ? null : before < from ? before : from);
          }
        }
        return { wanted: [...since].map(([type, from]) => ({ type, since: from })) };
      }),

    given: async (session, { resources }, now) => {
      const { patientId, scope } = session;
      const lacking = await store.transaction(scope, (unit) => lackingReferrals(unit, patientId));
      const inForce = lacking.length === 0 ? [] : await consentsOf(scope, patientId);
      const answer: ChartFound['found'] = [];
      for (const referralId of lacking) {
        const [referral, found] = await withRetry(() =>
          store.transaction(scope, async (unit) => {
            const kept = await keepFound(unit, referralId, {
              actor: personOf(session),
              resources: resources.filter((each) => typeof object(each)['resourceType'] === 'string') as FhirResource[],
              consents: inForce,
              now,
              newId,
            });
            const types = [...new Set(resources.map(({ resourceType }) => String(resourceType)))];
            await recorded(unit, session, now, { referralId, patientId, by: 'launch', types, found: kept });
            return [await unit.referrals.get(referralId), kept] as const;
          }),
        );
        const { specialty = '' } = (referral?.state ?? {}) as { specialty?: string };
        if (found.length > 0)
          answer.push({ referralId, specialtyName: specialtyById(specialty)?.name ?? specialty, labels: found.map(({ label }) => label) });
      }
      return { found: answer };
    },
  };
}
