/** The admin's view: every recommendation with its inputs, candidates, draft, decision, write-back and proof. */
import { specialtyById } from '@refloop/domain/clinical/specialty';
import type { RecommendationPage, RecommendationRecord } from '../client/admin.ts';
import type { WorkingCopy } from '../client/recommendation.ts';
import { type MachineClock, machineTimeAt } from '../clock/machine-time.ts';
import { problem, type Refusal } from '../problem.ts';
import { actorOf, type Session } from '../sessions/session.ts';
import type { AuditEntryRow } from '../store/audit.ts';
import type { RecommendationFilters, StoredRecommendation } from '../store/recommendations.ts';
import type { Store, Unit } from '../store/store.ts';
import { recommendationOf } from './kept.ts';
import { planContentOf, planOf } from './plan-content.ts';
import { preparedOf } from './prepared.ts';

export type RecordService = {
  list: (
    session: Session,
    question: { cursor?: string; limit: number; filters: RecommendationFilters },
    now: Date,
  ) => Promise<RecommendationPage>;
  get: (session: Session, id: string, now: Date) => Promise<RecommendationRecord | Refusal>;
};

type ApprovedContent = {
  performer: { display: string; rank: number | null };
  /** Absent in approvals made before there were any. */
  alternates?: { display: string; rank: number | null }[];
  overrideReason: { code: string; text: string } | null;
  sentences: WorkingCopy['sentences'];
};

/** Names of the people an entry of the audit may be of, by subject: as far as the record and the delegations know them. */
async function namesIn(unit: Unit, stored: StoredRecommendation, approver: { subject: string; name: string } | null) {
  const prepared = preparedOf(stored);
  // Later ones count: the EHR's own word for a person comes before an administrator's.
  const people = [
    ...(await unit.delegations.list()).flatMap(({ delegate, clinician }) => [delegate, clinician]),
    ...(prepared ? [prepared.by, ...(prepared.pend ? [prepared.pend.for] : [])] : []),
    ...(approver ? [approver] : []),
    { subject: stored.subject, name: stored.userName },
  ];
  const names = new Map(people.map(({ subject, name }) => [subject, name]));
  return (subject: string): string => names.get(subject) ?? subject;
}

const coveringForIn = ({ payload }: AuditEntryRow): string | null =>
  (payload as { coveringFor?: string | null } | null)?.coveringFor ?? null;

export function createRecordService(deps: { store: Store } & MachineClock): RecordService {
  return {
    list: (session, { cursor, limit, filters }, now) =>
      deps.store.transaction(session.scope, async (unit) => {
        const page = await unit.recommendations.list({ limit, filters, ...(cursor === undefined ? {} : { cursor }) });
        await unit.audit.append({
          at: now.toISOString(),
          actor: actorOf(session),
          action: 'recommendations.listed',
          purpose: 'HCOMPL',
          payload: { filters: { ...filters }, recommendations: page.rows.map((row) => row.id) },
        });
        return {
          total: page.total,
          next: page.next,
          rows: page.rows.map((row) => ({
            id: row.id,
            madeAt: row.madeAt,
            userName: row.userName,
            patientPseudonym: row.patientPseudonym,
            specialtyName: specialtyById(row.specialty)?.name ?? row.specialty,
            policy: row.policy,
            composer: row.composer,
            outcome: row.outcome,
            auditEntry: row.auditEntry,
          })),
        };
      }),

    get: (session, id, now) =>
      deps.store.transaction(session.scope, async (unit) => {
        const stored = await unit.recommendations.get(id);
        if (!stored) return problem('not-found', 'There is no recommendation with this id at this site.');
        const approval = await unit.approvals.byRecommendation(id);
        const plan = await unit.plans.byRecommendation(id);
        const entries = await unit.audit.list({ recommendationId: id });
        await unit.audit.append({
          at: now.toISOString(),
          actor: actorOf(session),
          action: 'recommendation.read',
          purpose: 'HCOMPL',
          patientId: stored.patientId,
          recommendationId: id,
          referralId: stored.referralId,
        });
        const content = approval?.content as ApprovedContent | undefined;
        const decision = plan ? planContentOf(plan).decision : null;
        const nameOf = await namesIn(unit, stored, approval && decision ? { subject: approval.subject, name: decision.by } : null);
        const covered = (entry: AuditEntryRow): string | null => {
          const subject = coveringForIn(entry);
          return subject === null ? null : nameOf(subject);
        };
        return {
          recommendation: recommendationOf(stored),
          userName: stored.userName,
          patientPseudonym: stored.patientPseudonym,
          site: session.scope.site,
          signed: content ? content.sentences : null,
          decision:
            approval && content
              ? {
                  // Not the one who asked: a colleague may approve what another began.
                  by: decision?.by ?? approval.subject,
                  coveringFor: decision?.coveringFor ?? null,
                  at: approval.approvedAt,
                  orderVersion: approval.orderVersion,
                  chosenName: content.performer.display,
                  chosenRank: content.performer.rank,
                  alternates: (content.alternates ?? []).map(({ display, rank }) => ({ name: display, rank })),
                  overrideReason: content.overrideReason
                    ? [content.overrideReason.code, content.overrideReason.text].filter((part) => part !== '').join(': ')
                    : null,
                }
              : null,
          plan: plan ? planOf(plan, machineTimeAt(deps, now)) : null,
          proof: entries.flatMap((entry) =>
            entry.row === null
              ? []
              : [
                  {
                    row: entry.row,
                    action: entry.action,
                    at: entry.at,
                    by: nameOf(entry.actor.subject),
                    coveringFor: covered(entry),
                    leafHash: entry.leafHash,
                  },
                ],
          ),
        };
      }),
  };
}
