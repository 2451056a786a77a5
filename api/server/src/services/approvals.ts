/**
 * Approving: nothing is written to a chart without it (R57, R58). The server re-checks all it can know, at that moment and
 * from its own data: the order's version, the performer in the directory in force, the reason for a choice outside the
 * network, the source of every sentence, the emergency question. Then it records who approved what and plans the writes.
 */
import { hash } from 'node:crypto';
import { specialtyById } from '@refloop/domain/clinical/specialty';
import type { ReviewedNote } from '@refloop/domain/drafting/note-review';
import { REFERRAL_KIND_WORDS, visitsAskedFor } from '@refloop/domain/drafting/referral-kind';
import { parseReference, type ResourceRef, referenceText } from '@refloop/domain/fhir/reference';
import { dayOf } from '@refloop/domain/instant';
import { ENGINE } from '@refloop/domain/matching/engine';
import type { Performer } from '@refloop/domain/referral/event';
import { type LaunchedOrder, planWrites } from '@refloop/domain/write-back/plan';
import canonicalize from 'canonicalize';
import type { Approve, Plan } from '../client/approval.ts';
import { type MachineClock, machineTimeAt } from '../clock/machine-time.ts';
import { askerOf } from '../grants/in-force.ts';
import { keepIdentity } from '../inbound/identity-of.ts';
import { type Packet, packetOf } from '../packet/packet.ts';
import { packetPdf } from '../packet/packet-pdf.ts';
import { problem, type Refusal, Refused } from '../problem.ts';
import { actorOf, type PatientSession, personOf } from '../sessions/session.ts';
import type { RecommendationOutcome, StoredRecommendation } from '../store/recommendations.ts';
import type { Json, Scope, Store, Unit } from '../store/store.ts';
import { alternatesOf } from './alternates.ts';
import { choosePerformer } from './chosen-performer.ts';
import { configurationIn, letterheadOf, practiceBy } from './configuration-in-force.ts';
import type { Drafter } from './drafting.ts';
import { raiseUnfinishedWriteBack, settleLapsed } from './exceptions.ts';
import { keptOf, toJson } from './kept.ts';
import { firstLookAt } from './look-schedule.ts';
import { matchedCoverage } from './matched-coverage.ts';
import type { MatchingService } from './matching.ts';
import { orderInHand } from './order.ts';
import { type PlanContent, planOf } from './plan-content.ts';
import { coveredIn, named, preparerFor, whyNotDecide, whyNotWorkOn } from './prepared.ts';
import { applyCommand, readReferral, withRetry } from './referral-log.ts';
import { refusalTo } from './referral-refusal.ts';
import { settingOf } from './setting.ts';
import { signedNote } from './signed-note.ts';
import { endPend } from './to-sign.ts';

export type ApprovalService = { approve: (session: PatientSession, input: Approve, now: Date) => Promise<Plan | Refusal> };

type Deps = MachineClock & {
  store: Store;
  matching: MatchingService;
  drafter: Drafter;
  newId: () => string;
  version: string;
  phoneOf: (scope: Scope) => string;
};

function outcomeOf(note: ReviewedNote, performer: Performer): RecommendationOutcome {
  if (performer.rank !== 1) return 'overridden';
  return note.edited.length + note.added.length + note.removed.length === 0 ? 'accepted' : 'edited';
}

/** SHA-256 over the canonical JSON (RFC 8785) of everything the signature covers. */
function contentHashOf(content: Json): string {
  const canonical = canonicalize(content);
  if (canonical === undefined) throw new Error('The approved content has no canonical form');
  return hash('sha256', canonical, 'hex');
}

const referenceIn = (order: Record<string, unknown> | null, field: string): ResourceRef | null => {
  const value = order?.[field];
  const reference = typeof value === 'object' && value !== null ? (value as { reference?: unknown }).reference : undefined;
  return typeof reference === 'string' ? (parseReference(reference) ?? null) : null;
};

const unique = (references: readonly ResourceRef[]): ResourceRef[] => [
  ...new Map(references.map((each) => [referenceText(each), each])).values(),
];

async function lapsedNote(unit: Unit, referralId: string): Promise<ResourceRef | null> {
  for (const event of [...(await unit.events.read(referralId))].reverse()) {
    if (event.type !== 'write-step-settled') continue;
    const { step, outcome } = event.data as { step: string; outcome: { status: string; reference?: string } };
    if (step === 'DocumentReference' && outcome.status === 'done' && outcome.reference) return parseReference(outcome.reference) ?? null;
  }
  return null;
}

/** Only where the order is not written: beside an order in the chart, the note in plain text says it all. */
async function packetToFile(packet: Packet): Promise<{ base64: string; bytes: number }> {
  const pdf = await packetPdf(packet);
  return { base64: Buffer.from(pdf).toString('base64'), bytes: pdf.byteLength };
}

export function createApprovalService(deps: Deps): ApprovalService {
  /** Everything that can be refused before the referral's own rules are asked. */
  const check = (stored: StoredRecommendation, session: PatientSession, input: Approve, now: Date) => {
    const kept = keptOf(stored);
    if (stored.revision !== input.revision) {
      return problem(
        'conflict',
        `This draft was saved from another window (revision ${stored.revision}). Reload and read it before you approve.`,
        [{ field: 'revision', message: `Sent ${input.revision}, stored ${stored.revision}` }],
      );
    }
    const order = orderInHand(input.order, session);
    if (order !== null && 'refused' in order) return order;
    if ((order?.reference ?? null) !== kept.orderRef) {
      return problem('invalid-request', 'The order sent is not the one this recommendation was made for.', [
        { field: 'order.id', message: `Expected ${kept.orderRef ?? 'no order'}`, fix: 'Send the launched order as read just now.' },
      ]);
    }
    if (kept.redFlags.length > 0 && !input.working.emergencyDepartmentConsidered) {
      return problem(
        'emergency-not-considered',
        'The reason names an emergency sign. Say first whether the emergency department is the right place.',
        [{ field: 'working.emergencyDepartmentConsidered', message: 'Not answered', fix: 'Answer the question above the matches.' }],
      );
    }
    if (kept.deceased && !input.working.deathConsidered) {
      return problem('death-not-considered', 'The chart says that this patient has died. Say first whether the referral is still meant.', [
        { field: 'working.deathConsidered', message: 'Not answered', fix: 'Answer the question above the matches, or close the referral.' },
      ]);
    }
    const reviewed = deps.drafter.review(kept.draft, input.working.sentences);
    if ('refused' in reviewed) return reviewed;
    const chosen = choosePerformer(deps, kept, input.working, now);
    if ('refused' in chosen) return chosen;
    const alternates = alternatesOf(deps, kept, input.working, now);
    if ('refused' in alternates) return alternates;
    return { kept, order, chosen, alternates, noteText: reviewed.text, note: reviewed.note };
  };

  const earlier = async (unit: Unit, input: Approve, session: PatientSession, now: Date): Promise<Plan | undefined> => {
    const approval = await unit.approvals.byRecommendation(input.recommendationId);
    if (!approval || approval.idempotencyKey !== input.idempotencyKey || approval.subject !== session.subject) return undefined;
    const plan = await unit.plans.byRecommendation(input.recommendationId);
    return plan ? planOf(plan, machineTimeAt(deps, now)) : undefined;
  };

  return {
    approve: (session, input, now) =>
      withRetry(() =>
        deps.store.transaction(session.scope, async (unit) => {
          const stored = await unit.recommendations.get(input.recommendationId);
          if (!stored || stored.patientId !== session.patientId) {
            return problem(
              'not-found',
              'There is no recommendation with this id for this patient. Open the referral again from the chart.',
            );
          }
          // The same press of the button, sent again because the answer was lost: the first answer holds.
          const done = await earlier(unit, input, session, now);
          if (done) return done;
          const asker = await askerOf(unit, session.subject, now);
          const hindrance = whyNotDecide(session) ?? whyNotWorkOn(session, stored, asker);
          if (hindrance) return hindrance;
          const checked = check(stored, session, input, now);
          if ('refused' in checked) return checked;
          const { kept, order, chosen, alternates, noteText, note: reviewed } = checked;
          const { request, writeBack } = kept.input;
          const specialty = specialtyById(request.match.specialty);
          if (!specialty) throw new Error(`A stored recommendation names an unknown specialty: ${request.match.specialty}`);
          const at = now.toISOString();
          const [approvalId, planId] = [deps.newId(), deps.newId()];
          const note = signedNote(noteText, specialty.name);
          // At one version there is one order, and the one kept with the recommendation is what the clinician was shown.
          const shownOrder = kept.input.order;
          const launched: LaunchedOrder | null =
            order && shownOrder
              ? { reference: { type: 'ServiceRequest', id: order.id, versionId: order.versionId }, resource: shownOrder }
              : null;
          const configuration = await configurationIn(unit);
          const practice = practiceBy(configuration, unit, deps.phoneOf(session.scope));
          const packet = packetOf({
            title: note.title.replace('Referral note', 'Referral'),
            referralId: stored.referralId,
            approvedAt: at,
            patientId: session.patientId,
            chart: kept.input.chart,
            synthetic: kept.match.directory.synthetic,
            clinician: session.name,
            practice: practice.practice,
            letterhead: letterheadOf(configuration, practice),
            card: chosen.card,
            performerDisplay: chosen.performer.display,
            kindLabel: REFERRAL_KIND_WORDS[request.kind].label,
            request,
            sentences: reviewed.sentences,
            sources: kept.draft.sources,
          });
          const before = await readReferral(unit, stored.referralId);
          const covered = coveredIn(session, stored, asker);
          const preparer = preparerFor(session, stored);
          const writes = planWrites(
            {
              referralId: stored.referralId,
              approvalId,
              approvedAt: at,
              attempt: (before?.attempts.length ?? 0) + 1,
              patientId: session.patientId,
              requester: session.fhirUser,
              requesterDisplay: session.name,
              enterer: preparer && { reference: preparer.fhirUser, display: preparer.name },
              specialty,
              urgency: request.match.urgency,
              kind: request.kind,
              kindDisplay: REFERRAL_KIND_WORDS[request.kind].label,
              visits: visitsAskedFor(request.kind, request.visits),
              performer: chosen.performer,
              performerInEhr: input.performerInEhr,
              reasonText: request.reasonText,
              reasonCodes: request.reasonCodes,
              reasonReferences: [],
              coverage: matchedCoverage(request.match.coverage, kept.input.chart, shownOrder, dayOf(at)),
              encounter: referenceIn(shownOrder, 'encounter'),
              note,
              packet: writeBack.rung === 3 || writeBack.rung === 4 ? await packetToFile(packet) : null,
              replacesNote: await lapsedNote(unit, stored.referralId),
              sources: unique(reviewed.sentences.flatMap((sentence) => sentence.sources)),
              software: [
                { name: `Refloop composer (${kept.draft.composer.name})`, version: kept.draft.composer.version },
                { name: `Refloop ranker (${kept.match.policy.id} ${kept.match.policy.version})`, version: ENGINE },
                { name: 'Refloop', version: deps.version },
              ],
            },
            writeBack.rung,
            launched,
            writeBack.steps,
          );
          const content = {
            recommendationId: stored.id,
            order: kept.orderRef,
            orderVersion: order?.versionId ?? null,
            performer: chosen.performer,
            alternates,
            request,
            overrideReason: input.working.overrideReason,
            note: noteText,
            sentences: reviewed.sentences,
            notNeeded: input.working.notNeeded,
            performerInEhr: input.performerInEhr,
            packet,
            writes,
          };
          const keptContent = toJson(content);
          const contentHash = contentHashOf(keptContent);
          const applied = await applyCommand(unit, stored.referralId, personOf(session, covered?.subject), at, {
            type: 'approve',
            asker,
            approvalId,
            planId,
            recommendationId: stored.id,
            orderVersion: order?.versionId ?? null,
            contentHash,
            performer: chosen.performer,
            alternates,
            setting: settingOf(kept, chosen.card),
            overrideReason: input.working.overrideReason,
            rung: writeBack.rung,
            steps: writes.map((write) => write.name),
            leftOut: writeBack.leftOut,
          });
          // The same press may have been approved by another replica since we looked.
          if (!applied.ok)
            return (await earlier(unit, input, session, now)) ?? (await refusalTo(session, unit, stored.referralId, applied.refusal));
          const inserted = await unit.approvals.insert({
            id: approvalId,
            recommendationId: stored.id,
            referralId: stored.referralId,
            idempotencyKey: input.idempotencyKey,
            subject: session.subject,
            approvedAt: at,
            orderVersion: order?.versionId ?? null,
            contentHash,
            content: keptContent,
          });
          if (inserted.status === 'earlier') {
            throw new Refused(
              problem('conflict', 'This key approved another recommendation already. Press Approve again.', [
                { field: 'idempotencyKey', message: 'Used before', fix: 'Use a new key for each press.' },
              ]),
            );
          }
          // By what a note that comes back finds its patient.
          await keepIdentity(unit, session.patientId, kept.input.chart);
          const planContent: PlanContent = {
            rung: writeBack.rung,
            steps: writes.map((write) => ({ ...write, outcome: { status: 'waiting' as const }, attemptedAt: null, notOurs: [] })),
            leftOut: writeBack.leftOut,
            decision: { status: 'approved', by: session.name, at, coveringFor: covered?.name ?? null },
            specialtyName: specialty.name,
            performerName: chosen.performer.display,
          };
          await unit.plans.insert({
            id: planId,
            referralId: stored.referralId,
            recommendationId: stored.id,
            patientId: session.patientId,
            subject: session.subject,
            madeAt: at,
            finished: writes.length === 0,
            lookDueAt: writes.length === 0 ? null : firstLookAt(now),
            content: toJson(planContent),
          });
          const saved = await unit.recommendations.save(stored.id, stored.revision, {
            working: toJson(input.working),
            status: 'APPROVED',
            outcome: outcomeOf(reviewed, chosen.performer),
            ...(await endPend(unit, stored, { what: 'signed', by: named(session), at })),
          });
          if (saved.status !== 'saved')
            throw new Refused(
              problem('conflict', 'This draft was saved from another window just now. Reload and read it before you approve.'),
            );
          await settleLapsed(unit, stored.referralId, now);
          await raiseUnfinishedWriteBack(unit, {
            planId,
            referralId: stored.referralId,
            specialtyName: specialty.name,
            patientName: deps.drafter.patientName(kept.input.chart, session.patientId),
            performerName: chosen.performer.display,
            redFlag: kept.redFlags.length > 0,
            subject: session.subject,
            now,
          });
          await unit.audit.append({
            at,
            actor: actorOf(session),
            action: 'referral.approved',
            purpose: 'TREAT',
            patientId: session.patientId,
            recommendationId: stored.id,
            referralId: stored.referralId,
            payload: toJson({
              approvalId,
              planId,
              contentHash,
              order: kept.orderRef,
              orderVersion: order?.versionId ?? null,
              performer: chosen.performer,
              alternates,
              preparedBy: preparer?.subject ?? null,
              coveringFor: covered?.subject ?? null,
              overrideReason: input.working.overrideReason,
              emergencyDepartmentConsidered: input.working.emergencyDepartmentConsidered,
              deathConsidered: input.working.deathConsidered,
              rung: writeBack.rung,
              notPossible: writeBack.notPossible ?? [],
              steps: writes.map((write) => write.name),
            }),
          });
          const plan = await unit.plans.get(planId);
          if (!plan) throw new Error('The plan was not there after it was stored');
          return planOf(plan, machineTimeAt(deps, now));
        }),
      ),
  };
}
