/** What a coordinator has before them as a file: the very lines, in their order, as far as they may see them; with a purpose, on record. */
import { toCsv } from '@refloop/analytics/export-metrics';
import { openingHours } from '@refloop/domain/sla/opening-hours';
import { RISK_WORDS } from '@refloop/domain/sla/risk';
import type { WorklistExportQuestion } from '../client/worklist.ts';
import { problem, type Refusal } from '../problem.ts';
import { actorOf, type Session } from '../sessions/session.ts';
import type { Store } from '../store/store.ts';
import { policyIn } from './engine/policy-in-force.ts';
import { namesOf } from './staff-names.ts';
import { readOpen } from './worklist-list.ts';
import { worklistRow } from './worklist-rows.ts';

export type WorklistExportService = {
  file: (session: Session, question: WorklistExportQuestion, now: Date) => Promise<Uint8Array<ArrayBuffer> | Refusal>;
};

const COLUMNS = [
  'next_action',
  'waiting_on',
  'owner',
  'escalated_to',
  'since',
  'due_at',
  'age_business_hours',
  'left_business_hours',
  'patient',
  'to',
  'specialty',
  'urgency',
  'authorization',
  'exception',
  'risks',
  'status',
  'attempts',
  'channel',
  'last_event',
  'last_event_at',
  'referral',
  'as_of',
].map((name) => ({ name, type: 'varchar' as const }));

export function createWorklistExportService({ store }: { store: Store }): WorklistExportService {
  return {
    file: async (session, { view, ids, purpose }, now) =>
      store.transaction(session.scope, async (unit) => {
        const at = now.toISOString();
        const open = new Map((await readOpen(unit, session)).map((stored) => [stored.id, stored]));
        // What was settled meanwhile is not open any more, and what is not theirs was never on their list.
        const stored = [...new Set(ids)].flatMap((id) => open.get(id) ?? []);
        if (stored.length === 0) return problem('not-found', 'None of these lines is open any more. Reload the list.');
        const { calendar } = await policyIn(unit);
        const names = namesOf(await unit.grants.list());
        const rows = stored.map((each) => {
          const row = worklistRow(each, { reader: session.subject, names, calendar, now: at });
          const { ageBusinessHours, leftBusinessHours } = openingHours(row, at, calendar);
          return [
            row.next,
            row.waitingOn,
            row.owner?.name ?? null,
            row.escalatedTo?.name ?? null,
            row.since,
            row.dueAt,
            ageBusinessHours,
            leftBusinessHours,
            row.patientName,
            row.performerName,
            row.specialtyName,
            row.urgency,
            row.authorization,
            row.exception,
            row.risks.map((risk) => RISK_WORDS[risk]).join('; ') || null,
            row.status,
            row.attempts,
            row.channel,
            row.lastEvent?.name ?? null,
            row.lastEvent?.at ?? null,
            row.referralId,
            at,
          ];
        });
        await unit.audit.append({
          at,
          actor: actorOf(session),
          action: 'worklist.exported',
          purpose: 'HOPERAT',
          payload: { view, purpose, rows: rows.length, referrals: [...new Set(stored.map(({ referralId }) => referralId))] },
        });
        return new TextEncoder().encode(toCsv({ columns: COLUMNS, rows }));
      }),
  };
}
