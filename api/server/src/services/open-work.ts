/** What is left over on a patient, for whoever opens the chart: offered before anything new is begun. */
import { specialtyById } from '@refloop/domain/clinical/specialty';
import type { OpenWork } from '../client/recommendation.ts';
import { coveredBy } from '../grants/in-force.ts';
import { actorOf, type PatientSession } from '../sessions/session.ts';
import type { StaffMember } from '../store/delegations.ts';
import type { StoredPlan } from '../store/plans.ts';
import type { StoredRecommendation } from '../store/recommendations.ts';
import type { Store, Unit } from '../store/store.ts';
import { chosenNameOf, keptOf } from './kept.ts';
import { planContentOf, unfinishedSteps } from './plan-content.ts';
import { isClinician, preparedOf } from './prepared.ts';
import { FIRST_REVISION } from './recommendation-row.ts';

export type OpenWorkService = { list: (session: PatientSession, now: Date) => Promise<OpenWork> };

const specialtyNameOf = ({ specialty }: StoredRecommendation): string => specialtyById(specialty)?.name ?? specialty;

type Handed = OpenWork['sent'][number];

function handedOf(stored: StoredRecommendation): Handed | undefined {
  const prepared = preparedOf(stored);
  if (!prepared?.pend) return undefined;
  return {
    id: stored.id,
    orderRef: keptOf(stored).orderRef,
    specialtyName: specialtyNameOf(stored),
    chosenName: chosenNameOf(stored),
    preparedBy: prepared.by.name,
    forName: prepared.pend.for.name,
    note: prepared.pend.note,
    since: prepared.pend.since,
  };
}

/** What is prepared on this patient: mine to sign, sent by me, or between others. */
function preparedWork(session: PatientSession, waiting: readonly StoredRecommendation[], covered: readonly StaffMember[]) {
  const signsFor = isClinician(session) ? [session.subject, ...covered.map(({ subject }) => subject)] : [];
  const work: Pick<OpenWork, 'toSign' | 'sent' | 'others'> = { toSign: [], sent: [], others: [] };
  for (const stored of waiting) {
    const prepared = preparedOf(stored);
    const handed = stored.pendedFor === null ? undefined : handedOf(stored);
    if (!prepared) continue;
    if (handed && stored.pendedFor !== null && signsFor.includes(stored.pendedFor)) {
      work.toSign.push({ ...handed, covering: stored.pendedFor !== session.subject });
    } else if (prepared.by.subject === session.subject) {
      if (handed) work.sent.push(handed);
    } else if (handed || (prepared.pend === null && stored.revision > FIRST_REVISION)) {
      const { orderRef } = keptOf(stored);
      work.others.push({
        id: stored.id,
        orderRef,
        specialtyName: specialtyNameOf(stored),
        preparedBy: prepared.by.name,
        forName: handed?.forName ?? null,
      });
    }
  }
  return work;
}

/** Approved by this clinician, or by one they cover for, and not fully written. */
async function unfinishedPlans(unit: Unit, session: PatientSession, covered: readonly StaffMember[]) {
  if (!isClinician(session)) return [];
  const { patientId } = session;
  const found: { plan: StoredPlan; coveringFor: string | null }[] = [];
  for (const plan of await unit.plans.listUnfinished({ patientId, subject: session.subject })) found.push({ plan, coveringFor: null });
  for (const { subject, name } of covered) {
    for (const plan of await unit.plans.listUnfinished({ patientId, subject })) found.push({ plan, coveringFor: name });
  }
  return found;
}

export function createOpenWorkService({ store }: { store: Store }): OpenWorkService {
  return {
    list: (session, now) =>
      store.transaction(session.scope, async (unit) => {
        const covered = await coveredBy(unit, session.subject, now);
        const prepared = preparedWork(session, await unit.recommendations.listPrepared(session.patientId), covered);
        const offered = await unit.recommendations.listPending({ patientId: session.patientId, subject: session.subject });
        // A draft that was only looked at is made anew by the next launch; work is what was saved. What lies with somebody stands above.
        const drafts = offered.filter(({ revision, pendedFor }) => revision > FIRST_REVISION && pendedFor === null);
        const plans = await unfinishedPlans(unit, session, covered);
        await unit.audit.append({
          at: now.toISOString(),
          actor: actorOf(session),
          action: 'open-work.listed',
          purpose: 'TREAT',
          patientId: session.patientId,
          payload: {
            recommendations: drafts.map(({ id }) => id),
            prepared: [...prepared.toSign, ...prepared.sent, ...prepared.others].map(({ id }) => id),
            plans: plans.map(({ plan }) => plan.id),
          },
        });
        return {
          ...prepared,
          recommendations: drafts.map((stored) => ({
            id: stored.id,
            madeAt: stored.madeAt,
            specialtyName: specialtyNameOf(stored),
            orderRef: keptOf(stored).orderRef,
            chosenName: chosenNameOf(stored),
          })),
          plans: plans.map(({ plan, coveringFor }) => {
            const content = planContentOf(plan);
            return {
              id: plan.id,
              referralId: plan.referralId,
              approvedAt: content.decision.at,
              specialtyName: content.specialtyName,
              performerName: content.performerName,
              coveringFor,
              unfinished: unfinishedSteps(content),
            };
          }),
        };
      }),
  };
}
