/** The fold of what the payer says: of whom it is, and what it is of whoever is asked next. */
import { unreachable } from '../result.ts';
import type { Moment } from './attempt.ts';
import type { AuthorizationDecision, CareFact, DenialReason } from './care-event.ts';
import type { Authorization, PayerApproval, Referral } from './referral.ts';

type PayerFact = Extract<CareFact, { type: 'authorization-asked' | 'authorization-decided' | 'authorization-for-another' }>;
type Payer = Pick<Referral, 'authorization' | 'payerApprovals'>;
type When = { at: Moment; sequence: number };

const without = (approvals: readonly PayerApproval[], npi: string | undefined): PayerApproval[] =>
  approvals.filter((each) => each.npi !== npi);

export function afterPayer(referral: Referral, fact: PayerFact, { at, sequence }: When): Payer {
  const { authorization: before, payerApprovals, attempts } = referral;
  const npi = attempts.at(-1)?.performer.npi;
  switch (fact.type) {
    case 'authorization-asked':
      return { authorization: { status: 'asked', since: at }, payerApprovals: without(payerApprovals, npi) };
    case 'authorization-decided': {
      const authorization = authorizationOf(fact.decision, at, before);
      return { authorization, payerApprovals: approvalsAfter(fact.decision, payerApprovals, npi, { at, sequence }) };
    }
    case 'authorization-for-another': {
      const named = attempts.find(({ number }) => number === fact.attempt)?.performer.npi;
      // It was said before the service was denied to everybody: that denial is the payer's later word.
      if (named === undefined || (isOfService(before) && isEarlier(at, before.since))) return { authorization: before, payerApprovals };
      const approvals = [...without(payerApprovals, named), { npi: named, since: at, sequence }];
      // What the payer was asked of whoever is asked now, or has said of them, it says nothing of; that the service is given it does say.
      const isOpen = before.status === 'not-checked' || isOfService(before);
      return { authorization: isOpen ? { status: 'approved-for-another', since: at } : before, payerApprovals: approvals };
    }
    default:
      return unreachable(fact);
  }
}

/** The first word that lets the packet go counts, since the time to send it runs from there (R111): said again it gives no more. */
function authorizationOf(decision: AuthorizationDecision, at: Moment, before: Authorization): Authorization {
  if (decision.status === 'denied') return { status: 'denied', since: at, reason: decision.reason };
  const lets = before.status === 'not-needed' || before.status === 'approved';
  return { status: decision.status, since: lets ? before.since : at };
}

function approvalsAfter(
  decision: AuthorizationDecision,
  approvals: readonly PayerApproval[],
  npi: string | undefined,
  { at, sequence }: When,
): PayerApproval[] {
  switch (decision.status) {
    case 'approved':
      return npi === undefined ? [...approvals] : [...without(approvals, npi), { npi, since: at, sequence }];
    case 'denied':
      return OF_THE_SERVICE.includes(decision.reason) ? [] : without(approvals, npi);
    case 'not-needed':
      return [...approvals];
    default:
      return unreachable(decision);
  }
}

/**
 * Denials of the service, whoever gives it: for medical necessity a requested service is denied (42 CFR 438.400(b)(1)), and that it is not covered a
 * payer says of the order (Da Vinci CRD 2.1.0, ext-coverage-information). Another specialist is no answer to them. The others are of the provider,
 * of what the request lacked, or of nothing we know.
 */
const OF_THE_SERVICE: readonly DenialReason[] = ['not-medically-necessary', 'not-covered'];

const isOfService = (authorization: Authorization): authorization is Extract<Authorization, { status: 'denied' }> =>
  authorization.status === 'denied' && OF_THE_SERVICE.includes(authorization.reason);

/** Where one of them is only inferred, which came first is not known. */
const isEarlier = (one: Moment, other: Moment): boolean => one !== null && other !== null && one < other;

/**
 * An approval is of the provider it names (Da Vinci PAS 2.2.1, extension-itemAuthorizedProvider: the specific provider who has been authorized
 * to provide the item), so of somebody else the payer is asked anew, and of whom it named it stands when they are asked again. What it was asked
 * of the one before, or denied them, is not waited for any more: what it answers to that lets nothing go to the other. A denial of the service
 * itself stays.
 */
export function payerOnNext({ authorization, payerApprovals, attempts }: Referral, npi: string): Authorization {
  const before = attempts.at(-1)?.performer.npi;
  if (before === undefined || before === npi) return authorization;
  const own = payerApprovals.find((each) => each.npi === npi);
  if (own && authorization.status !== 'not-needed') return { status: 'approved', since: own.since };
  switch (authorization.status) {
    case 'approved':
      return { status: 'approved-for-another', since: authorization.since };
    case 'asked':
      return { status: 'not-checked' };
    case 'denied':
      return isOfService(authorization) ? authorization : { status: 'not-checked' };
    case 'approved-for-another':
    case 'not-checked':
    case 'not-needed':
      return authorization;
    default:
      return unreachable(authorization);
  }
}
