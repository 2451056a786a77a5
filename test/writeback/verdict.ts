/**
 * What must hold at the end of every run, read from the chart without faults and from the database: one order or a reason, no approval
 * lost, nothing called written that is not there.
 */
import type { ReferralEvent, StepOutcome } from '@refloop/domain/referral/event';
import type { ExceptionRow } from '@refloop/server/client/admin';
import type { Plan, PlanStep, StepName } from '@refloop/server/client/approval';
import type { OpenWork } from '@refloop/server/client/recommendation';
import { eventOf } from '@refloop/server/services/referral-log';
import { isMadeFor, madeByOthers } from './attribution.ts';
import { referenceOf, type Stored } from './chart.ts';
import { openSession } from './sign-in.ts';
import { type Person, untilLooked, type World } from './world.ts';

/** After this long whatever is unfinished stands on the list of exceptions. */
const QUARTER_OF_AN_HOUR_MS = 16 * 60_000;

const MOST_TRIES = 20;
const LOOKS_WITHIN_MS = 15_000;

type Kept = {
  plans: Plan[];
  events: Map<string, ReferralEvent[]>;
  approvals: { id: string; key: string; recommendationId: string; referralId: string }[];
  /** Approvals of which the audit knows. */
  audited: Set<string>;
  differing: string[];
  exceptions: ExceptionRow[];
  openPlans: Set<string>;
};

type Found = {
  entries: Stored[];
  /** The launched order's versions, oldest first. */
  orderVersions: Stored[];
};

async function asked<Value>(world: World, session: string, path: string): Promise<Value> {
  const headers = { authorization: `Bearer ${session}` };
  for (let attempt = 0; ; attempt += 1) {
    const answer = await fetch(`${world.lane.refloop}${path}`, { headers }).catch(() => undefined);
    if (answer?.ok) return (await answer.json()) as Value;
    const away = answer === undefined || answer.status === 503;
    if (!away || attempt === MOST_TRIES) throw new Error(`GET ${path} was answered with ${answer?.status}: ${await answer?.text()}`);
    // A look that is cut off this late takes Refloop away for a moment.
    await world.lane.revive();
    await new Promise((again) => setTimeout(again, 200));
  }
}

async function readKept(world: World): Promise<Kept> {
  const { lane, scope, patient } = world;
  const events = new Map<string, ReferralEvent[]>();
  const approvals: Kept['approvals'] = [];
  const audited = new Set<string>();
  const owners = new Map<string, Person>();
  await lane.inStore(scope, async (unit) => {
    for (const referralId of await unit.events.referralIds()) {
      const history = (await unit.events.read(referralId)).map(eventOf);
      events.set(referralId, history);
      for (const { fact } of history) {
        if (fact.type !== 'referral-approved') continue;
        const approval = await unit.approvals.byRecommendation(fact.recommendationId);
        if (approval)
          approvals.push({ id: approval.id, key: approval.idempotencyKey, recommendationId: approval.recommendationId, referralId });
        const plan = await unit.plans.byRecommendation(fact.recommendationId);
        if (plan) owners.set(plan.id, plan.subject as Person);
      }
      for (const entry of await unit.audit.list({ referralId })) {
        if (entry.action === 'referral.approved') audited.add(String((entry.payload as { approvalId?: string }).approvalId));
      }
    }
  });
  const sessions = new Map<Person, string>();
  const plans: Plan[] = [];
  const openPlans = new Set<string>();
  for (const [id, owner] of owners) {
    const session = sessions.get(owner) ?? (await openSession(world, owner, { patientId: patient.id }));
    sessions.set(owner, session);
    plans.push(await asked<Plan>(world, session, `/plans/${id}`));
  }
  for (const session of sessions.values()) {
    for (const { id } of (await asked<OpenWork>(world, session, '/open-work')).plans) openPlans.add(id);
  }
  const coordinator = await openSession(world, 'coordinator', { patientId: null, roles: ['coordinator'] });
  const { rows: exceptions } = await asked<{ rows: ExceptionRow[] }>(world, coordinator, '/exceptions');
  return { plans, events, approvals, audited, differing: await lane.differing(scope), exceptions, openPlans };
}

async function readFound({ chart, patient }: World): Promise<Found> {
  const of = (type: string): Promise<Stored[]> => chart.search(`${type}?patient=${patient.id}&_count=100`);
  const [orders, notes, tasks, messages] = [
    await of('ServiceRequest'),
    await of('DocumentReference'),
    await of('Task'),
    await of('Communication'),
  ];
  const targets = [...orders, ...notes, ...messages].map(referenceOf).join(',');
  const provenance = targets === '' ? [] : await chart.search(`Provenance?target=${targets}&_count=100`);
  return {
    entries: [...orders, ...notes, ...messages, ...tasks, ...provenance],
    orderVersions: patient.order ? await chart.history(referenceOf(patient.order)) : [],
  };
}

const versioned = (entry: Stored): string => `${referenceOf(entry)}/_history/${entry.meta.versionId}`;

/** Versions of the launched order that Refloop wrote. */
const writtenVersions = (world: World, { orderVersions }: Found): Stored[] =>
  orderVersions.filter((version) => version.meta.versionId !== '1' && !world.otherVersions.has(versioned(version)));

/** The note that an order names, by which one tells for which approval a version of it was written. */
function noteOf(order: Stored, { entries }: Found): Stored | undefined {
  const named = (order['supportingInfo'] as { reference?: string }[] | undefined) ?? [];
  return entries.find(
    (entry) => entry.resourceType === 'DocumentReference' && named.some(({ reference }) => reference === referenceOf(entry)),
  );
}

/** What the chart holds of a step, as it truly is. */
function truthOf(world: World, found: Found, plan: Plan, step: PlanStep): Stored[] {
  if (step.action === 'update') {
    return writtenVersions(world, found).filter((version) => {
      const note = noteOf(version, found);
      return note !== undefined && isMadeFor(plan, note);
    });
  }
  return found.entries.filter((entry) => entry.resourceType === step.name && !madeByOthers(world, entry) && isMadeFor(plan, entry));
}

const names = (step: PlanStep, plan: Plan): string => `${step.name} of plan ${plan.reference}`;

/** What is on record of a step against what is there. */
function stepFaults(step: PlanStep, plan: Plan, truth: Stored[]): string[] {
  const faults: string[] = [];
  const name = names(step, plan);
  const where = truth.map(versioned).join(', ') || 'nothing';
  if (truth.length > 1) faults.push(`${name} was written ${truth.length} times: ${where}`);
  const { outcome } = step;
  switch (outcome.status) {
    case 'done':
      if (!truth.some((entry) => referenceOf(entry) === outcome.reference))
        faults.push(`${name} is called written as ${outcome.reference}, and the chart holds ${where} of it`);
      break;
    case 'waiting':
      if (step.attemptedAt === null && truth.length > 0) faults.push(`${name} is called never sent, and the chart holds ${where}`);
      break;
    case 'refused':
    case 'stale':
      if (truth.length > 0) faults.push(`${name} is called ${outcome.status}, and the chart holds ${where}`);
      break;
    case 'unknown':
    case 'unsure':
      break;
  }
  return faults;
}

/** What was approved was one version of the order: what Refloop wrote stands right upon it, and upon nobody else's change. */
function overwrittenFaults(step: PlanStep, plan: Plan, truth: Stored[], { orderVersions }: Found): string[] {
  const approved = step.target?.versionId;
  if (approved === undefined) return [];
  return truth.flatMap((version) => {
    const before = orderVersions[orderVersions.findIndex(({ meta }) => meta.versionId === version.meta.versionId) - 1];
    if (before?.meta.versionId === approved) return [];
    return [`${names(step, plan)} was approved at version ${approved} and written over version ${before?.meta.versionId}`];
  });
}

const isSettled = (plan: Plan): boolean =>
  plan.writeBack === 'done' || plan.writeBack === 'awaiting-signature' || plan.writeBack === 'withdrawn';

const WORDS: Record<StepName, string> = {
  DocumentReference: 'the note',
  ServiceRequest: 'the order',
  Communication: 'the message',
  Task: 'the task',
  Provenance: 'the provenance',
};

/** What the list of exceptions says of the steps, held against the chart. */
function wordFaults(detail: string, plan: Plan, truths: ReadonlyMap<StepName, Stored[]>): string[] {
  return detail
    .split(/[.;]/)
    .flatMap((part) => {
      const clause = part.toLowerCase();
      const meant = (Object.keys(WORDS) as StepName[]).filter(
        (name) => plan.steps.some((step) => step.name === name) && clause.includes(WORDS[name]),
      );
      const there = (name: StepName): boolean => (truths.get(name) ?? []).length > 0;
      if (/ (is|are) in the chart$/.test(clause))
        return meant.filter((name) => !there(name)).map((name) => `"${part.trim()}", but not ${WORDS[name]}`);
      if (clause.endsWith(' not written') && !clause.includes('whether'))
        return meant.filter(there).map((name) => `"${part.trim()}", but ${WORDS[name]} is`);
      return [];
    })
    .map((wrong) => `the list of exceptions says of plan ${plan.reference} ${wrong}`);
}

/** Finished, or on somebody's list with what is left of it. */
function planFaults(plan: Plan, kept: Kept, lapsedFor: Plan | undefined, truths: ReadonlyMap<StepName, Stored[]>): string[] {
  const row = kept.exceptions.find(({ reference }) => reference === plan.reference);
  if ((isSettled(plan) || plan.writeBack === 'stale') && kept.openPlans.has(plan.id)) {
    return [`plan ${plan.reference} is ${plan.writeBack}, and still offered to who approved it`];
  }
  if (plan.writeBack === 'withdrawn' && (truths.get('ServiceRequest') ?? []).length > 0) {
    return [`plan ${plan.reference} was taken back, and its order is in the chart`];
  }
  if (plan.rung >= 3) return row ? [] : [`plan ${plan.reference} of rung ${plan.rung} leaves the order to be placed, and is on no list`];
  if (isSettled(plan)) return row ? [`plan ${plan.reference} is ${plan.writeBack}, and still on the list of exceptions`] : [];
  if (plan.writeBack === 'stale') {
    return row || lapsedFor ? [] : [`plan ${plan.reference} lapsed, nobody approved again, and it is on no list`];
  }
  const faults = row ? wordFaults(row.detail, plan, truths) : [`plan ${plan.reference} is ${plan.writeBack}, and on no list of exceptions`];
  if (!kept.openPlans.has(plan.id)) faults.push(`plan ${plan.reference} is ${plan.writeBack}, and not offered to who approved it`);
  return faults;
}

function approvalFaults(world: World, kept: Kept): string[] {
  const faults: string[] = [];
  const events = [...kept.events.values()].flat().filter(({ fact }) => fact.type === 'referral-approved');
  if (events.length !== kept.approvals.length) faults.push(`${events.length} approvals in the histories, ${kept.approvals.length} kept`);
  for (const { key, told, words } of world.presses) {
    const approvals = kept.approvals.filter((approval) => approval.key === key);
    if (approvals.length > 1) faults.push(`one press made ${approvals.length} approvals`);
    if (told === 'approved' && approvals.length === 0) faults.push('an approval that was acknowledged is lost');
    if (told === 'refused' && approvals.length > 0) faults.push(`an approval is on record whose page was told "${words}"`);
  }
  for (const { id } of kept.approvals) if (!kept.audited.has(id)) faults.push(`approval ${id} is not in the audit`);
  if (world.deniedAnew && kept.plans.length === 1) faults.push('the only approval lapsed, and the changed order cannot be approved anew');
  if (kept.plans.length !== kept.approvals.length) faults.push(`${kept.approvals.length} approvals, ${kept.plans.length} plans`);
  return faults;
}

/** Everything that was ever called written was in the chart by then, in that version. */
async function claimFaults(world: World, kept: Kept, found: Found): Promise<string[]> {
  const faults: string[] = [];
  const recorded = [...kept.events.values()].flat().flatMap(({ fact }) => {
    if (fact.type !== 'write-step-settled' || fact.outcome.status !== 'done') return [];
    const { reference, versionId }: Extract<StepOutcome, { status: 'done' }> = fact.outcome;
    return [{ planId: fact.planId, step: fact.step, reference, versionId, at: Number.POSITIVE_INFINITY }];
  });
  // Most were never changed, and then there is no more to their history.
  const histories = new Map<string, Stored[]>(
    found.entries.filter(({ meta }) => meta.versionId === '1').map((entry) => [referenceOf(entry), [entry]]),
  );
  for (const { step, reference, versionId, at } of [...world.claims.values(), ...recorded]) {
    const history = histories.get(reference) ?? (await world.chart.history(reference).catch((): Stored[] => []));
    histories.set(reference, history);
    const version = history.find(({ meta }) => versionId === null || meta.versionId === versionId);
    if (!version) faults.push(`${step} was called written as ${reference} version ${versionId}, which is not in the chart`);
    else if (Date.parse(version.meta.lastUpdated) > at) faults.push(`${step} was called written as ${reference} before it was`);
  }
  return faults;
}

/** What Refloop wrote and no approval stands behind. */
function orphanFaults(world: World, kept: Kept, found: Found): string[] {
  const { patient } = world;
  const launched = patient.order ? referenceOf(patient.order) : undefined;
  const made = found.entries.filter((entry) => referenceOf(entry) !== launched && !madeByOthers(world, entry));
  const orphans = made.filter((entry) => !kept.plans.some((plan) => isMadeFor(plan, entry)));
  const versions = writtenVersions(world, found).filter((version) => {
    const note = noteOf(version, found);
    return !note || !kept.plans.some((plan) => isMadeFor(plan, note));
  });
  return [...orphans, ...versions].map((entry) => `nobody approved ${versioned(entry)}`);
}

const SUBJECT: Record<string, string> = { Task: 'for', DocumentReference: 'subject', ServiceRequest: 'subject', Communication: 'subject' };

/** In the whole EHR: what was written for these approvals is this patient's, and says so. */
async function patientFaults(world: World, kept: Kept): Promise<string[]> {
  const faults: string[] = [];
  const since = world.began.toISOString();
  for (const [type, element] of Object.entries(SUBJECT)) {
    for (const entry of await world.chart.search(`${type}?_lastUpdated=ge${since}&_count=100`)) {
      const { reference } = entry[element] as { reference?: string };
      if (reference !== `Patient/${world.patient.id}` && kept.plans.some((plan) => isMadeFor(plan, entry)))
        faults.push(`${versioned(entry)} was written to the chart of another patient`);
    }
  }
  return faults;
}

/** Task and provenance are about the order and the note of their own approval. */
function linkFaults(plan: Plan, truths: ReadonlyMap<StepName, Stored[]>): string[] {
  const [order, note] = [truths.get('ServiceRequest')?.[0], truths.get('DocumentReference')?.[0]];
  const about = (truths.get('Task') ?? []).map((task) => (task['focus'] as { reference?: string }).reference);
  const from = (truths.get('Provenance') ?? []).flatMap((each) =>
    (each['target'] as { reference?: string }[]).map(({ reference }) => reference?.replace(/\/_history\/.*/, '')),
  );
  if (plan.rung >= 3) return [];
  const right = [order, note].flatMap((each) => (each ? [referenceOf(each)] : []));
  return [
    ...about.filter((reference) => order === undefined || reference !== referenceOf(order)),
    ...from.filter((reference) => !right.includes(reference ?? '')),
  ].map((reference) => `a task or a provenance of plan ${plan.reference} is about ${reference}`);
}

/** In one word, to count. */
function endingOf(kept: Kept): string {
  const words = kept.plans.map(({ writeBack, rung }) => (rung >= 3 ? `rung ${rung}, ${writeBack}` : writeBack));
  return words.at(-1) ?? 'not approved';
}

/** How often anything was put on record of the plans. */
const revisions = ({ lane, scope }: World, { plans }: Kept): Promise<number> =>
  lane.inStore(scope, async (unit) => {
    let sum = 0;
    for (const { id } of plans) sum += (await unit.plans.get(id))?.revision ?? 0;
    return sum;
  });

/** Both as they are at one time: Refloop may be looking, and finishing, while one of them is read. */
async function atRest(world: World): Promise<{ kept: Kept; found: Found }> {
  await untilLooked(world, LOOKS_WITHIN_MS);
  for (;;) {
    const kept = await readKept(world);
    const before = await revisions(world, kept);
    await world.lane.settled();
    const found = await readFound(world);
    if ((await revisions(world, kept)) === before) return { kept, found };
  }
}

export async function verdictOf(world: World): Promise<{ violations: string[]; ending: string }> {
  const { lane } = world;
  await lane.pass(QUARTER_OF_AN_HOUR_MS);
  const { kept, found } = await atRest(world);
  const faults = [
    ...world.seen,
    ...approvalFaults(world, kept),
    ...(await claimFaults(world, kept, found)),
    ...orphanFaults(world, kept, found),
  ];
  faults.push(...(await patientFaults(world, kept)));
  const orders = new Map<string, number>();
  for (const [index, plan] of kept.plans.entries()) {
    const truths = new Map(plan.steps.map((step) => [step.name, truthOf(world, found, plan, step)]));
    for (const step of plan.steps) {
      const truth = truths.get(step.name) ?? [];
      faults.push(...stepFaults(step, plan, truth), ...overwrittenFaults(step, plan, truth, found));
    }
    const later = kept.plans.slice(index + 1).find(({ referralId }) => referralId === plan.referralId);
    faults.push(...planFaults(plan, kept, later, truths), ...linkFaults(plan, truths));
    orders.set(plan.referralId, (orders.get(plan.referralId) ?? 0) + (truths.get('ServiceRequest') ?? []).length);
  }
  for (const [referralId, count] of orders) if (count > 1) faults.push(`referral ${referralId} has ${count} orders in the chart`);
  if (world.choices.kill !== null) faults.push(...[await lane.auditFault()].flatMap((fault) => fault ?? []));
  for (const id of kept.differing) faults.push(`referral ${id} is not what its events say`);
  for (const { route, error, at } of lane.failures()) {
    // A database that is away is told as such; what it breaks on the way is no fault of Refloop's.
    if (world.choices.kill !== null && /StoreUnavailable/.test(error)) continue;
    faults.push(`Refloop failed in ${route}: ${error} ${at.slice(0, 2).join(' ')}`);
  }
  return { violations: [...new Set(faults)], ending: endingOf(kept) };
}
