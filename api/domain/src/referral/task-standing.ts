/**
 * The fulfilment Task of an attempt, in both directions: what it is to read once the work has moved, and where the work stands by what it
 * reads (bser.ts has the table). Sources: HL7 BSeR 2.0.0-ballot ReferralTask; Gravity SDOH-CC 3.0.0, which requires statusReason where a
 * Task is rejected or cancelled; FHIR R4 Task.
 */
import type { Resource } from '../fhir/ehr-port.ts';
import { concept, list, text } from '../fhir/read.ts';
import type { Instant } from '../instant.ts';
import type { Attempt, Moment, WorkStatus } from './attempt.ts';
import { MOVES, TASK_STANDINGS, type TaskStanding } from './bser.ts';
import type { Referral } from './referral.ts';

export const BUSINESS_STATUS_SYSTEM = 'http://hl7.org/fhir/us/bser/CodeSystem/TaskBusinessStatusCS';

/** An attempt whose work stands elsewhere than before; `why` where the practice or the performer gave a reason. */
export type TaskMove = {
  attempt: number;
  work: WorkStatus;
  why: string | null;
  /** Since when it stands there. */
  since: Moment;
  /** Where it stood until then as far as we knew, the oldest first. */
  passed: readonly WorkStatus[];
};

const DECLINES = {
  'not-taking-patients': 'Not taking new patients',
  'wrong-specialty': 'Another specialty is needed',
  'not-in-plan': 'Not in the patient’s plan',
  'packet-incomplete': 'Information is missing',
  'authorization-missing': 'Authorization is missing',
  'out-of-area': 'Out of the area',
  other: 'Declined without a reason that has a name',
} as const;

function whyOf({ work }: Attempt): string | null {
  if (work.status === 'declined') return DECLINES[work.reason];
  return work.status === 'cancellation-requested' ? work.reason : null;
}

const workOfAttempt = (referral: Referral | undefined, attempt: number): WorkStatus | undefined =>
  referral?.attempts.find(({ number }) => number === attempt)?.work.status;

/**
 * What the Tasks in the chart have to follow. The first attempt's draft is written with the order; that of a later attempt is not there yet.
 * @param between the referral after each of the events that led from `before` to `after`, without the last
 */
export function taskMoves(before: Referral | undefined, after: Referral, between: readonly Referral[] = []): TaskMove[] {
  return after.attempts.flatMap((attempt): TaskMove[] => {
    const { number, work } = attempt;
    const earlier = workOfAttempt(before, number);
    if (earlier ? sameStanding(earlier, work.status) : number === 1 && work.status === 'draft') return [];
    const passed = [before, ...between].flatMap((referral) => workOfAttempt(referral, number) ?? []);
    return [{ attempt: number, work: work.status, why: whyOf(attempt), since: work.since, passed: [...new Set(passed)] }];
  });
}

const sameStanding = (one: WorkStatus, other: WorkStatus): boolean =>
  TASK_STANDINGS[one].status === TASK_STANDINGS[other].status &&
  TASK_STANDINGS[one].businessStatus?.code === TASK_STANDINGS[other].businessStatus?.code;

/** The Task moved to where the work stands; everything else of it stays as the EHR has it. */
export function movedTask(task: Resource, work: WorkStatus, { at, why }: { at: Instant; why: string | null }): Resource {
  const { status, businessStatus } = TASK_STANDINGS[work];
  const { statusReason: _reason, ...kept } = task;
  return {
    ...kept,
    resourceType: 'Task',
    status,
    ...(businessStatus === null ? {} : { businessStatus: asConcept(businessStatus) }),
    // BSeR wants the text always; what it says where nobody gave a reason is the status in words.
    ...(businessStatus === null ? {} : { statusReason: { text: why ?? businessStatus.text } }),
    lastModified: at,
  };
}

const asConcept = ({ code, text: words }: NonNullable<TaskStanding['businessStatus']>) => ({
  coding: [{ system: BUSINESS_STATUS_SYSTEM, code }],
  text: words,
});

const BY_CODE = new Map(
  (Object.keys(TASK_STANDINGS) as WorkStatus[]).flatMap((work) => {
    const code = TASK_STANDINGS[work].businessStatus?.code;
    return code === undefined || work === 'received' ? [] : [[code, work] as const];
  }),
);

/** R4 Task.status; on-hold, failed and entered-in-error say nothing of where the work stands. */
const BY_STATUS: Readonly<Record<string, WorkStatus>> = {
  draft: 'draft',
  requested: 'sent',
  ready: 'sent',
  received: 'received',
  accepted: 'accepted',
  rejected: 'declined',
  'in-progress': 'in-progress',
  cancelled: 'cancelled',
  completed: 'completed',
};

/**
 * Where the work stands by a Task as an EHR holds it; undefined where it does not say. The business status refines the status and never
 * contradicts it: many write the one and leave the other as it was.
 */
export function workOf(task: Resource): WorkStatus | undefined {
  const status = text(task['status']);
  const byStatus = BY_STATUS[status];
  if (byStatus === undefined) return undefined;
  const code = concept(task['businessStatus']).codings.find(({ system }) => system === BUSINESS_STATUS_SYSTEM)?.code;
  const byCode = code === undefined ? undefined : BY_CODE.get(code);
  return byCode !== undefined && TASK_STANDINGS[byCode].status === TASK_STANDINGS[byStatus].status && status !== 'received'
    ? byCode
    : byStatus;
}

/** Whoever reports no stage of their own has accepted, and nothing more is known. */
const atLeast = (work: WorkStatus): WorkStatus => (work === 'in-progress' ? 'accepted' : work);

/** Whether the recipient's work can come from here to there by the table, in any number of moves. */
function leadsTo(from: WorkStatus, to: WorkStatus): boolean {
  const reached = new Set<WorkStatus>([from]);
  for (const each of reached) for (const next of Object.values(MOVES[each])) reached.add(next);
  return reached.has(to);
}

/** What we know of a move of the work beside where it leads. */
export type ToldOfWork = {
  /** When it happened; null where that is not known. */
  since: Moment;
  /** When we were told. */
  at: Instant;
  /** Where the work stood before, as far as we knew; undefined of what an earlier Refloop asked for. */
  passed: readonly WorkStatus[] | undefined;
};

/**
 * How a Task in the EHR stands to where we want it: a Task is never taken back from where somebody else has brought it.
 * `ahead`: what we would write lies behind it. `apart`: neither follows from the other, or both and we cannot tell which is the newer, which a
 * person has to look at.
 * @param told of where we want it, and the Task itself; without it booked, missed and seen are each ahead of the other
 */
export function compareStanding(
  held: WorkStatus,
  wanted: WorkStatus,
  told?: ToldOfWork & { task: Resource },
): 'same' | 'behind' | 'ahead' | 'apart' {
  if (sameStanding(held, wanted)) return 'same';
  const [follows, precedes] = [leadsTo(atLeast(held), wanted), leadsTo(atLeast(wanted), held)];
  if (follows && precedes) return told ? newerOf(held, told) : 'ahead';
  if (follows) return 'behind';
  return precedes ? 'ahead' : 'apart';
}

/** Clocks of two machines differ. */
const TOLERANCE_MILLISECONDS = 2 * 60_000;

const saidAt = (task: Resource): number => Date.parse(text(task['lastModified']));

/** By what the Task says of it: what we write says when we were told (`movedTask`), however late it is stored. */
export const isChangedAfter = (task: Resource, at: Instant): boolean => saidAt(task) > Date.parse(at) + TOLERANCE_MILLISECONDS;

/**
 * A visit may be booked again after it was missed or made, so that each of these stages follows from each other. Over the stage at which we knew
 * the work to stand we write, unless the Task was changed after we were told. A stage that we did not know of was brought there by somebody
 * else: before what we want to say happened, as an office does that says it in the Task alone, or since, and then it is the newer.
 */
function newerOf(held: WorkStatus, { since, at, passed, task }: ToldOfWork & { task: Resource }): 'behind' | 'ahead' | 'apart' {
  if (passed === undefined) return 'behind';
  const [said, stored] = [saidAt(task), Date.parse(task.meta?.lastUpdated ?? '')];
  if (passed.some((work) => sameStanding(work, held))) {
    const isLater = Number.isNaN(said) ? stored > Date.parse(at) + TOLERANCE_MILLISECONDS : isChangedAfter(task, at);
    return isLater ? 'apart' : 'behind';
  }
  const times = [said, stored].filter((time) => !Number.isNaN(time));
  const isOlder = since !== null && times.length > 0 && Math.max(...times) < Date.parse(since) - TOLERANCE_MILLISECONDS;
  return isOlder ? 'behind' : 'ahead';
}

/** Of a Task that was declined or cancelled, in the words of whoever did it. */
export const reasonOf = (task: Resource): string => concept(task['statusReason']).text;

/** References that a Task names as what came of it: appointments, documents. */
export const outputsOf = (task: Resource): string[] =>
  list(task['output']).flatMap((each) => {
    const reference = text((each['valueReference'] as { reference?: unknown } | undefined)?.reference);
    return reference === '' ? [] : [reference];
  });
