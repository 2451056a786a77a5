/** Where the payer's authorization stands, in the words of a packet: what, by whose word, and since when. */
import { specialtyById } from '@refloop/domain/clinical/specialty';
import { shortDateWords } from '@refloop/domain/fhir/date';
import { dayOf, type Instant } from '@refloop/domain/instant';
import { plainDay } from '@refloop/domain/matching/plain-words';
import type { AuthorizationGround, AuthorizationWord } from '@refloop/domain/packet/authorization-word';
import type { AuthorizationDecision } from '@refloop/domain/referral/care-event';
import type { Actor } from '@refloop/domain/referral/event';
import { unreachable } from '@refloop/domain/result';

/** By what it was settled where no person was asked. */
export function groundWords(ground: AuthorizationGround): string {
  switch (ground.kind) {
    case 'self-pay':
      return 'the patient pays';
    case 'order':
      return ground.on === '' ? 'the payer says so on the order' : `the payer says so on the order, ${shortDateWords(ground.on)}`;
    case 'rule': {
      const { payer, specialty, version, on } = ground;
      const what = specialty === null ? payer : `${payer}, ${specialtyById(specialty)?.name ?? specialty}`;
      return `by rule of the practice for ${what}, version ${version} of ${plainDay(on)}`;
    }
    default:
      return unreachable(ground);
  }
}

const approvedWords = (number: string | undefined): string =>
  number === undefined || number === '' ? 'approved' : `approved, number ${number}`;

function decisionWords(decision: AuthorizationDecision, by: string): string {
  switch (decision.status) {
    case 'not-needed':
      return `not needed: ${decision.ground ? groundWords(decision.ground) : by}`;
    case 'approved':
      return `${approvedWords(decision.number)}: ${decision.ground ? groundWords(decision.ground) : by}`;
    case 'denied':
      return 'denied';
    default:
      return unreachable(decision);
  }
}

/** What the payer decided, and who put it on record when. */
export type DecisionOnRecord = { decision: AuthorizationDecision; actor: Actor; at: Instant };

/**
 * @param said the last decision on record; undefined where there is none
 * @param nameOf the name of a person by subject
 */
export function authorizationWords(
  word: AuthorizationWord,
  said: DecisionOnRecord | undefined,
  nameOf: (subject: string) => string,
): string {
  switch (word.kind) {
    case 'open':
      return word.because === 'approved-for-another' ? 'approved for who was asked before, not for this office' : 'not checked';
    case 'goes-without':
      return `not checked; sent without it by ${nameOf(word.by)}, ${plainDay(dayOf(word.at))}`;
    case 'settled':
      return decisionWords(word.by, '');
    case 'on-record': {
      if (word.status === 'asked') return 'asked for, not decided';
      return said ? decisionWords(said.decision, `${saidBy(said.actor, nameOf)}, ${plainDay(dayOf(said.at))}`) : word.status;
    }
    default:
      return unreachable(word);
  }
}

/** Whoever put the payer's word on record; what came from elsewhere is the payer's own. */
const saidBy = (actor: Actor, nameOf: (subject: string) => string): string =>
  actor.kind === 'person' || actor.kind === 'covering' ? `put on record by ${nameOf(actor.subject)}` : 'the payer';
