/** The domain's refusals of what is put on record, in the words of the API. */
import type { ByHandRefusal } from '@refloop/domain/referral/by-hand';
import { unreachable } from '@refloop/domain/result';
import { problem, type Refusal } from '../problem.ts';

const plain = (code: string): string => code.replaceAll('-', ' ');

export function careRefusal(refusal: ByHandRefusal): Refusal {
  switch (refusal.kind) {
    case 'order-not-active':
      return problem('conflict', `The order is ${plain(refusal.status)}, not in force: nothing can be put on record of it.`);
    case 'nobody-asked':
    case 'no-such-attempt':
      return problem('conflict', 'No specialist has been asked yet, so there is nothing to put on record.');
    case 'not-yet':
      return problem('invalid-request', 'That is still ahead.', [
        { field: 'what.at', message: 'It lies in the future', fix: 'Say when it happened: now, or earlier.' },
      ]);
    case 'not-in-this-state':
      return problem(
        'conflict',
        `That does not follow from where it stands: the specialist’s side is “${plain(refusal.status)}”. Look at it again.`,
      );
    case 'nothing-booked':
    case 'no-such-appointment':
      return problem('conflict', 'No visit is booked, so none can be missed or cancelled. Look at it again.');
    case 'attempt-still-open':
      return problem('conflict', 'The specialist who was asked has not declined. Ask to cancel first.');
    case 'no-such-report':
      return problem('not-found', 'There is no such report of this referral. Look at it again.');
    case 'report-not-matched':
      return problem('conflict', 'This report is not linked to the referral yet.');
    case 'already-closed':
      return problem('conflict', 'The loop of this referral is closed.');
    case 'nothing-set-aside':
      return problem('conflict', 'There is nothing to reconcile any more. Look at it again.');
    default:
      return unreachable(refusal);
  }
}
