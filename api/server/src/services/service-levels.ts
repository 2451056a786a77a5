/** The service levels of a site: read, tried, and changed by a new version with a reason. */

import type { SlaPolicy } from '@refloop/domain/sla/policy';
import { contentOf, fromLists, listsOf, nextVersion, type PolicyContent } from '@refloop/domain/sla/policy-content';
import { canReach, differences, type PolicyDifference } from '@refloop/domain/sla/policy-difference';
import { faultsIn } from '@refloop/domain/sla/policy-faults';
import { OBLIGATION_KINDS } from '@refloop/domain/sla/service-levels';
import { STAGE_TRIGGERS } from '@refloop/domain/sla/stage-triggers';
import type { PolicyChange, PolicyPreview, PolicyPreviewRequest, ServiceLevelsAnswer } from '../client/service-levels.ts';
import { problem, type Refusal, Refused } from '../problem.ts';
import { actorOf, type Session } from '../sessions/session.ts';
import type { Store, Unit } from '../store/store.ts';
import type { StoredSlaPolicy } from '../store/versions.ts';
import type { ObligationContent } from './engine/obligation-content.ts';
import { storedPolicyIn } from './engine/policy-in-force.ts';
import { stepName } from './engine/step-names.ts';
import { redate, STAGE_OF } from './redated.ts';
import { madeIn, nothingChanged, refuseOtherBase, tooLate } from './versions.ts';

export type ServiceLevelService = {
  /** @param version the one in force unless told */
  read: (session: Session, version?: number) => Promise<ServiceLevelsAnswer | Refusal>;
  /** What would change, and how many open referrals it can reach. Keeps nothing. */
  preview: (session: Session, asked: PolicyPreviewRequest) => Promise<PolicyPreview | Refusal>;
  /** Comes into force at once; every open referral is looked at anew. */
  change: (session: Session, asked: PolicyChange, now: Date) => Promise<ServiceLevelsAnswer | Refusal>;
};

/** What the domain keeps as read-only lists. */
function answered(content: PolicyContent): ServiceLevelsAnswer['content'] {
  const { levels, steps, levelOverrides, stepOverrides, calendar, clinicCalendars } = listsOf(content);
  const writable = (own: PolicyContent['calendar']) => ({ ...own, holidays: [...own.holidays] });
  return {
    levels: [...levels],
    steps: [...steps],
    levelOverrides: [...levelOverrides],
    stepOverrides: [...stepOverrides],
    calendar: writable(calendar),
    clinicCalendars: clinicCalendars.map(({ clinic, calendar: own }) => ({ clinic, calendar: writable(own) })),
  };
}

/** As many as a worklist holds. */
const MOST_ROWS = 10_000;

const sameKeys = (left: object, right: object): boolean =>
  Object.keys(left).toSorted().join('\n') === Object.keys(right).toSorted().join('\n');

/** Throws the refusal where it cannot come into force. */
function checked(policy: SlaPolicy, { base, content: given }: PolicyPreviewRequest): PolicyContent {
  refuseOtherBase(base, policy.version);
  const content = fromLists(given);
  if (!content || !sameKeys(content.steps, contentOf(policy).steps))
    throw new Refused(
      problem('unprocessable', 'The stages and steps are not those of this version.', [
        {
          field: 'steps',
          message: 'A stage or a step is missing, or is not known.',
          fix: 'Leave a step out by an exception, not by taking it away.',
        },
      ]),
    );
  const faults = faultsIn(content);
  if (faults.length > 0)
    throw new Refused(problem('unprocessable', 'These service levels cannot come into force. Nothing was kept.', faults.slice(0, 20)));
  return content;
}

const kindsOf = ({ steps }: SlaPolicy) => new Map(steps.map(({ rule, of }) => [rule, of]));

/** What a difference is about, as the page names it. */
function nameOf({ steps }: SlaPolicy, field: string): string {
  const [part = '', ...rest] = field.split('.');
  const [name = ''] = rest;
  const urgency = ['routine', 'urgent', 'emergency'].includes(rest[1] ?? '')
    ? `, ${rest[1]}`
    : rest[1] === 'reach'
      ? ', whom it reaches'
      : '';
  const step = (rule: string): string => steps.find((each) => each.rule === rule)?.words.replace(/\.$/, '') ?? rule;
  switch (part) {
    case 'levels':
      return `${stepName(name)}${urgency}`;
    case 'steps':
      return `${step(name)} (${name})${urgency}`;
    case 'levelOverrides':
      return `Exception: ${stepName(name)}`;
    case 'stepOverrides':
      return `Exception: ${step(name)} (${name})`;
    case 'clinicCalendars':
      return `Calendar of ${rest.join('.')}`;
    default:
      return 'Calendar of the site';
  }
}

/** Open referrals with something open that one of these can reach. */
async function reachedBy(unit: Unit, changes: readonly PolicyDifference[]): Promise<{ referrals: number; atLeast: boolean }> {
  if (changes.length === 0) return { referrals: 0, atLeast: false };
  const open = await unit.obligations.listOpen({ limit: MOST_ROWS });
  const reached = open.filter(({ kind, content }) => {
    const { urgency, specialtyName } = content as Partial<ObligationContent>;
    return changes.some((change) =>
      canReach(change, { kind: STAGE_OF[kind] ?? kind, urgency: urgency ?? null, specialtyName: specialtyName ?? '' }),
    );
  });
  return { referrals: new Set(reached.map(({ referralId }) => referralId)).size, atLeast: open.length === MOST_ROWS };
}

export function createServiceLevelService({ store }: { store: Store }): ServiceLevelService {
  async function answer(unit: Unit, session: Session, shown: StoredSlaPolicy, inForce: number): Promise<ServiceLevelsAnswer> {
    const made = await madeIn(unit);
    const { policy } = shown;
    return {
      made: made({ ...shown, version: policy.version }),
      inForce,
      content: answered(contentOf(policy)),
      stages: OBLIGATION_KINDS.map((kind) => {
        const { owner, waitingOn } = policy.levels[kind];
        return { kind, name: stepName(kind), trigger: STAGE_TRIGGERS[kind], owner, waitingOn };
      }),
      steps: policy.steps.map(({ rule, of, words }) => ({ rule, of, words })),
      versions: (await unit.slaPolicies.versions()).map(made),
      mayChange: session.roles.includes('admin'),
    };
  }

  /** Refused in the transaction, so that nothing of it is kept. */
  const within = async <Value>(session: Session, work: (unit: Unit, inForce: StoredSlaPolicy) => Promise<Value>): Promise<Value> =>
    store.transaction(session.scope, async (unit) => work(unit, await storedPolicyIn(unit)));

  return {
    read: (session, version) =>
      within(session, async (unit, inForce) => {
        const shown = version === undefined ? inForce : await unit.slaPolicies.get(version);
        if (!shown) return problem('not-found', 'There is no such version of the service levels here.');
        return answer(unit, session, shown, inForce.policy.version);
      }),

    preview: (session, asked) =>
      within(session, async (unit, { policy }) => {
        const content = checked(policy, asked);
        const changes = differences(contentOf(policy), content, kindsOf(policy));
        const told = changes.map(({ field, before, after }) => ({ field, what: nameOf(policy, field), before, after }));
        return { changes: told, ...(await reachedBy(unit, changes)) };
      }),

    change: (session, asked, now) =>
      within(session, async (unit, { policy }) => {
        const at = now.toISOString();
        const content = checked(policy, asked);
        const changes = differences(contentOf(policy), content, kindsOf(policy));
        if (changes.length === 0) throw nothingChanged();
        const { reason } = asked;
        const made = { policy: nextVersion(policy, content), madeBy: session.subject, madeByName: session.name, madeAt: at, reason };
        if (!(await unit.slaPolicies.add(made))) throw tooLate();
        // The clock takes them up, a few hundred at a time, each in a transaction of its own.
        await unit.referralTimers.wake({ subject: null, at });
        await redate(unit);
        await unit.audit.append({
          at,
          actor: actorOf(session),
          action: 'sla-policy.changed',
          purpose: 'HSYSADMIN',
          payload: {
            id: made.policy.id,
            version: made.policy.version,
            reason,
            changes: changes.map(({ field, before, after }) => ({ field, before, after })),
          },
        });
        return answer(unit, session, made, made.policy.version);
      }),
  };
}
