/** The obligations of one referral as rows: what the domain says is owed, and nothing else, stands open. */
import { dayOf, type Instant } from '@refloop/domain/instant';
import type { Referral } from '@refloop/domain/referral/referral';
import type { Obligation } from '@refloop/domain/sla/due';
import { stageOf } from '@refloop/domain/sla/escalate';
import { OBLIGATION_KINDS, type ObligationKind } from '@refloop/domain/sla/service-levels';
import { personFor, type StaffPerson } from '@refloop/domain/sla/staff';
import { isSameKept } from '../../store/kept-json.ts';
import type { StoredObligation } from '../../store/obligations.ts';
import type { Unit } from '../../store/store.ts';
import { type UnfinishedContent, unfinishedId } from '../exceptions.ts';
import { toJson } from '../kept.ts';
import { isBeforeSending, type Lacking, lackingOf } from '../packet-lacking.ts';
import { planContentOf } from '../plan-content.ts';
import { contentOf, LAPSED, type ObligationContent } from './obligation-content.ts';

/** What is owed before the order is in force has rows of its own: of what was prepared to sign, and of each write-back. */
const ELSEWHERE: readonly ObligationKind[] = ['decide', 'finish-writing'];
const isOurs = (kind: string): boolean => OBLIGATION_KINDS.some((each) => each === kind) && !ELSEWHERE.some((each) => each === kind);

export type Projection = {
  /** What the domain says of it now. */
  owed: readonly Obligation[];
  staff: readonly StaffPerson[];
  now: Instant;
  /** Undefined where nothing has happened since the rows were written. */
  lastEvent: ObligationContent['lastEvent'] | undefined;
  /** All that is open of the referral, kept from others. */
  standing: readonly StoredObligation[];
  /** Steps that a machine carried out (`stepKey`), in words. */
  carried: ReadonlyMap<string, string>;
};

type Names = Pick<ObligationContent, 'patientName' | 'requesterName'> & { redFlag: boolean };

/** From the write-back of this order: the one place that keeps both names beside the referral. */
export async function namesBeside(unit: Unit, { order }: Referral, open: readonly StoredObligation[] = []): Promise<Names> {
  const known = open.map(({ content }) => content as Partial<ObligationContent>).find(({ patientName }) => patientName);
  // Once the patient was seen the risk is not told any more, and does not come back.
  const redFlag = known?.risks?.includes('red-flag') ?? false;
  if (known) return { patientName: known.patientName ?? '', requesterName: known.requesterName ?? '', redFlag };
  if (order.status === 'draft' || order.writeBack === null) return { patientName: '', requesterName: '', redFlag };
  const { planId } = order.writeBack;
  const writeBack = await unit.obligations.get(unfinishedId(planId));
  const plan = await unit.plans.get(planId);
  const signed = plan && planContentOf(plan).decision;
  const approved = writeBack?.content as Partial<UnfinishedContent> | undefined;
  return {
    patientName: approved?.patientName ?? '',
    redFlag: approved?.redFlag === true,
    requesterName: signed ? (signed.coveringFor ?? signed.by) : '',
  };
}

type Person = { owner: string; requester: string };

function personOf(referral: Referral, owed: Obligation, staff: readonly StaffPerson[]): Person | undefined {
  const { id: referralId, coordinator, order } = referral;
  if (order.status === 'draft') return undefined;
  const { requester } = order.approval;
  return { owner: personFor(owed.owner, { referralId, requester, coordinator }, staff).subject, requester };
}

/** Whom the last step of this stage told, besides the owner. */
const escalatedTo = ({ steps }: ObligationContent, owner: string): string | null => steps.findLast(({ to }) => to !== owner)?.to ?? null;

/** What was judged today stands; a packet that somebody prepares is judged then (packet-lacking.ts). */
async function lackingNow(unit: Unit, referral: Referral, same: StoredObligation | undefined, now: Instant): Promise<Lacking | null> {
  const kept = (same?.content as Partial<ObligationContent> | undefined)?.lacking;
  if (kept?.asOf === dayOf(now)) return kept;
  // Without a chart on record there never is a packet.
  return kept === null ? null : ((await lackingOf(unit, referral, now)) ?? null);
}

/** Raises what is newly owed, revises what still is, settles what is no more. */
export async function projectObligations(
  unit: Unit,
  referral: Referral,
  { owed: all, staff, now, lastEvent: told, standing, carried }: Projection,
): Promise<void> {
  const open = standing.filter(({ kind }) => isOurs(kind));
  const owed = all.filter(({ kind }) => isOurs(kind));
  if (open.length === 0 && owed.length === 0) return;
  const names = await namesBeside(unit, referral, open);
  const kept = new Set<string>();
  const lastEvent = told ??
    open.map(({ content }) => (content as Partial<ObligationContent>).lastEvent).find(Boolean) ?? { type: 'looked-at', at: now };
  for (const each of owed) {
    const person = personOf(referral, each, staff);
    if (!person) continue;
    const { owner, requester } = person;
    const same = open.find((row) => (row.content as Partial<ObligationContent>).stage === stageOf(each));
    const told = contentOf(referral, each, { ...names, lastEvent, carried });
    const content = isBeforeSending(each.kind) ? { ...told, lacking: await lackingNow(unit, referral, same, now) } : told;
    const escalated = escalatedTo(content, owner);
    if (!same) {
      const id = `${referral.id}/${each.kind}/${each.about.replaceAll(' ', '-')}/${referral.lastSequence}/${now}`;
      await unit.obligations.insert({
        id,
        referralId: referral.id,
        kind: each.kind,
        raisedAt: each.since ?? now,
        dueAt: each.dueAt,
        owner,
        raisedBy: requester,
        content: toJson(content),
      });
      if (escalated !== null)
        await unit.obligations.settle(id, { what: 'revise', owner, dueAt: each.dueAt, escalatedTo: escalated, content: toJson(content) });
      continue;
    }
    kept.add(same.id);
    // Of a stage that was only inferred the deadline counts from when it was first seen.
    const dueAt = each.since === null ? same.dueAt : each.dueAt;
    const revision = { owner, dueAt, escalatedTo: escalated, content: toJson(content) };
    const before = { owner: same.owner, dueAt: same.dueAt, escalatedTo: same.escalatedTo, content: same.content };
    if (!isSameKept(before, revision)) await unit.obligations.settle(same.id, { what: 'revise', ...revision });
  }
  for (const row of open) if (!kept.has(row.id)) await unit.obligations.settle(row.id, { what: 'done', at: now, ...ending(row, now) });
}

/** What a row says that nobody settled: its time was over. */
function ending({ content }: StoredObligation, now: Instant): { content?: StoredObligation['content'] } {
  const { until, ...kept } = content as Partial<ObligationContent>;
  return until === undefined || until > now ? {} : { content: toJson({ ...kept, until, note: LAPSED }) };
}
