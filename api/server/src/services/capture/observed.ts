/** One resource of an EHR put on record, where it says something new of a referral of ours. */
import type { Resource } from '@refloop/domain/fhir/ehr-port';
import { belongsTo, capture, isOfReferral, patientIn, taskKeyOf } from '@refloop/domain/referral/capture';
import type { Actor, Happening } from '@refloop/domain/referral/event';
import { observe } from '@refloop/domain/referral/observe';
import { evolve, type Referral } from '@refloop/domain/referral/referral';
import { ok } from '@refloop/domain/result';
import { TASK_STANDING, TaskStandingContent } from '../../channels/task-standing.ts';
import type { Unit } from '../../store/store.ts';
import { applyDecision, readReferral } from '../referral-log.ts';

/** Most of what changes in an EHR has nothing to do with referrals of ours, and is told so without a question to the store. */
export const mayBeOurs = (resource: Resource): boolean => taskKeyOf(resource) !== undefined || belongsTo(resource).length > 0;

async function referralOf(unit: Unit, resource: Resource, base: string): Promise<Referral | undefined> {
  const named = taskKeyOf(resource);
  const byKey = named && (await readReferral(unit, named.referralId));
  if (byKey) return byKey;
  const patient = patientIn(resource, base);
  if (patient === undefined) return undefined;
  const rows = await unit.referrals.listByPatient(patient);
  const row = rows.find(({ state }) => isOfReferral(resource, state as unknown as Referral));
  return row && readReferral(unit, row.referralId);
}

/** What the resource says, fact by fact: each is observed of the state as the one before has left it. */
function happeningsOf(resource: Resource, referral: Referral, known: Parameters<typeof capture>[2], actor: Actor): Happening[] {
  const { facts, asides } = capture(resource, referral, known);
  const all: Happening[] = asides.filter(({ factKey }) => factKey === null || !referral.factKeys.includes(factKey));
  let state = referral;
  const takeInto = (happenings: readonly Happening[]): void => {
    for (const each of happenings)
      state = evolve(state.id, state, { ...each, sequence: state.lastSequence + 1, recordedAt: known.now, actor });
  };
  takeInto(all);
  for (const fact of facts) {
    const happenings = observe(state, fact, known.now);
    takeInto(happenings);
    all.push(...happenings);
  }
  return all;
}

/** True where it said something new. */
export async function takeIn(unit: Unit, resource: Resource, about: { base: string; now: string; actor: Actor }): Promise<boolean> {
  const found = await referralOf(unit, resource, about.base);
  if (!found || !isOfReferral(resource, found)) return false;
  const effects = await unit.outbox.ofReferral(found.id);
  const written = (attempt: number) =>
    effects.flatMap(({ kind, content }) => {
      const read = kind === TASK_STANDING ? TaskStandingContent.safeParse(content) : undefined;
      return read?.success && read.data.attempt === attempt ? [read.data.work] : [];
    });
  let isNew = false;
  await applyDecision(unit, found.id, about.actor, about.now, (referral) => {
    const happenings = happeningsOf(resource, referral, { base: about.base, now: about.now, written }, about.actor);
    isNew = happenings.length > 0;
    return ok(happenings);
  });
  return isNew;
}
