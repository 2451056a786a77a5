/**
 * What is open now: every obligation that nobody has settled, of the referrals of this EHR and of a simulated practice beside them. What is
 * NOW on the pages of Insights is read from PostgreSQL, here and nowhere else; what is history comes from snapshots (services/insights.ts).
 */
import type { Referral } from '@refloop/domain/referral/referral';
import {
  AGES,
  type QueueAge,
  type QueueAnswer,
  type QueueOwner,
  type QueueRowsAnswer,
  type QueueRowsQuestion,
  type QueueStep,
} from '../client/queue.ts';
import { actorOf, type Session } from '../sessions/session.ts';
import type { OpenCount, StoredObligation } from '../store/obligations.ts';
import type { Store, Unit } from '../store/store.ts';
import { placeOfStep, stepName } from './engine/step-names.ts';

export type QueueService = {
  now: (session: Session, now: Date) => Promise<QueueAnswer>;
  rows: (session: Session, question: QueueRowsQuestion, now: Date) => Promise<QueueRowsAnswer>;
};

/** Days that part one age from the next: younger than one, than three, … */
const AGE_DAYS = [1, 3, 7, 14, 30] as const;
const AGE_NAMES: Record<QueueAge, string> = {
  day: 'Up to a day',
  'three-days': 'Up to three days',
  week: 'Up to a week',
  'two-weeks': 'Up to two weeks',
  month: 'Up to thirty days',
  older: 'Longer',
};
const DAY_MS = 86_400_000;
const SOON_MS = DAY_MS;
const MOST_ROWS = 200;

const moment = (now: Date, ms: number): string => new Date(now.getTime() + ms).toISOString();
/** Ascending: the oldest first, as the store wants them. */
const boundsOf = (now: Date): string[] => AGE_DAYS.toReversed().map((days) => moment(now, -days * DAY_MS));
/** The store counts bounds passed; the youngest age has passed all of them. */
const ageOf = ({ age }: OpenCount): QueueAge => AGES[AGE_DAYS.length - age] ?? 'older';

type Sum = { open: number; overdue: number; atRisk: number; oldest: string };

const sumOf = (counts: readonly OpenCount[]): Sum => ({
  open: counts.reduce((sum, each) => sum + each.open, 0),
  overdue: counts.reduce((sum, each) => sum + each.overdue, 0),
  atRisk: counts.reduce((sum, each) => sum + each.atRisk, 0),
  oldest: counts.map(({ oldest }) => oldest).sort()[0] ?? '',
});

function stepsOf(counts: readonly OpenCount[]): QueueStep[] {
  const steps = [...Map.groupBy(counts, ({ kind }) => kind)].map(([kind, of]): QueueStep => {
    const ages = AGES.map((age) => {
      const { open, overdue } = sumOf(of.filter((each) => ageOf(each) === age));
      return { age, open, overdue };
    });
    return { kind, name: stepName(kind), ...sumOf(of), ages };
  });
  return steps.sort((left, right) => placeOfStep(left.kind) - placeOfStep(right.kind) || left.kind.localeCompare(right.kind));
}

/** People by the name that their grant has; a subject without one is told as it is. */
async function namesIn(unit: Unit): Promise<Map<string, string>> {
  const grants = await unit.grants.list();
  return new Map(grants.flatMap(({ subject, name }) => (name === null ? [] : [[subject, name] as const])));
}

const mostOverdueFirst = (left: Sum, right: Sum): number => right.overdue - left.overdue || right.open - left.open;

/** The step with the most overdue; of equals the one that comes first in the loop. */
const bottleneckOf = (steps: readonly QueueStep[]): string | null =>
  steps.reduce<QueueStep | null>((most, step) => (step.overdue > (most?.overdue ?? 0) ? step : most), null)?.kind ?? null;

async function rowOf(
  unit: Unit,
  names: Map<string, string>,
  now: string,
  stored: StoredObligation,
): Promise<QueueRowsAnswer['rows'][number]> {
  const { referralId, kind, owner, raisedAt: since, dueAt } = stored;
  const referral = await unit.referrals.get(referralId);
  const state = referral && (referral.state as unknown as Referral);
  return {
    referralId,
    step: stepName(kind),
    specialty: state?.specialty ?? null,
    urgency: state?.urgency ?? null,
    status: referral?.status ?? null,
    owner: owner && (names.get(owner) ?? owner),
    since,
    dueAt,
    overdue: dueAt < now,
  };
}

export function createQueueService({ store }: { store: Store }): QueueService {
  const countOpen = (unit: Unit, now: Date) =>
    unit.obligations.countOpen({ now: now.toISOString(), soon: moment(now, SOON_MS), bounds: boundsOf(now) });

  return {
    now: (session, now) =>
      store.transaction(session.scope, async (unit) => {
        const { referrals, counts } = await countOpen(unit, now);
        const names = await namesIn(unit);
        const steps = stepsOf(counts);
        const owners = [...Map.groupBy(counts, ({ owner }) => owner)].map(
          ([owner, of]): QueueOwner => ({ owner, name: owner && (names.get(owner) ?? null), ...sumOf(of) }),
        );
        const { open, overdue, atRisk } = sumOf(counts);
        return {
          at: now.toISOString(),
          referrals,
          open,
          overdue,
          atRisk,
          steps,
          ages: AGES.map((age) => {
            const of = sumOf(counts.filter((each) => ageOf(each) === age));
            return { age, name: AGE_NAMES[age], open: of.open, overdue: of.overdue, atRisk: of.atRisk };
          }),
          owners: owners.sort(mostOverdueFirst),
          bottleneck: bottleneckOf(steps),
        };
      }),

    rows: (session, { kind, age, owner, only, purpose }, now) =>
      store.transaction(session.scope, async (unit) => {
        const at = now.toISOString();
        const { counts } = await countOpen(unit, now);
        const behind = counts.filter(
          (each) =>
            (kind === null || each.kind === kind) && (age === null || ageOf(each) === age) && (owner === null || each.owner === owner),
        );
        const { open, overdue, atRisk } = sumOf(behind);
        const total = { all: open, overdue, 'at-risk': atRisk }[only];
        const bounds = boundsOf(now).toReversed();
        const place = age === null ? -1 : AGES.indexOf(age);
        const raisedFrom = place === -1 ? undefined : bounds[place];
        const raisedBefore = place < 1 ? undefined : bounds[place - 1];
        const found = await unit.obligations.list({
          status: 'open',
          limit: MOST_ROWS,
          ...(kind === null ? {} : { kind }),
          ...(owner === null ? {} : { owner }),
          ...(raisedFrom === undefined ? {} : { raisedFrom }),
          ...(raisedBefore === undefined ? {} : { raisedBefore }),
          ...(only === 'overdue' ? { dueBefore: at } : {}),
          ...(only === 'at-risk' ? { dueFrom: at, dueBefore: moment(now, SOON_MS) } : {}),
        });
        const names = await namesIn(unit);
        const rows: QueueRowsAnswer['rows'] = [];
        for (const stored of found) rows.push(await rowOf(unit, names, at, stored));
        await unit.audit.append({
          at,
          actor: actorOf(session),
          action: 'insights.queue-rows',
          purpose: 'HOPERAT',
          payload: { kind, age, owner, only, purpose, referrals: rows.map(({ referralId }) => referralId) },
        });
        return { at, total, rows };
      }),
  };
}
