/** The domain's refusals of what is put on record, in the words of the API. */
import type { ByHandRefusal } from '@refloop/domain/referral/by-hand';
import type { OfficeRefusal } from '@refloop/domain/referral/office-act';
import { unreachable } from '@refloop/domain/result';
import { problem, type Refusal } from '../problem.ts';

const plain = (code: string): string => code.replaceAll('-', ' ');

const dateTooFar = (): Refusal =>
  problem('invalid-request', 'A date lies more than five years ahead.', [
    { field: 'what', message: 'It is very far ahead', fix: 'Look at the year, and give the date again.' },
  ]);

/** To an office: what its own page says of it. */
export function officeRefusal(refusal: OfficeRefusal): Refusal {
  switch (refusal.kind) {
    case 'asked-another':
      return problem('conflict', 'The practice has asked another specialist since. Nothing was changed.');
    case 'too-early':
      return problem('invalid-request', 'That day is too early.', [
        {
          field: 'what.at',
          message: 'It lies before the appointment, or before this was ordered',
          fix: 'Give the day of the visit; an earlier appointment is booked first.',
        },
      ]);
    case 'date-is-past':
      return problem('invalid-request', 'A date lies in the past.', [
        { field: 'what', message: 'It is over already', fix: 'Give a date that is still ahead.' },
      ]);
    case 'date-too-far':
      return dateTooFar();
    case 'order-not-active':
      if (refusal.status === 'on-hold' || refusal.status === 'awaiting-signature')
        return problem('conflict', 'The practice has put this referral on hold. Nothing was changed. Call the practice.');
      return problem('conflict', 'The practice has ended this referral. Nothing was changed.');
    case 'not-offered':
    case 'not-in-this-state':
      return problem(
        'conflict',
        `That does not follow from where it stands, “${plain(refusal.status)}”. Nothing was changed. Reload the page.`,
      );
    case 'already-closed':
      return problem('conflict', 'The practice has closed this referral: your note was read. Nothing was changed.');
    case 'authorization-open':
    case 'no-such-attempt':
    case 'not-yet':
    case 'no-such-appointment':
    case 'attempt-still-open':
    case 'performer-not-approved':
    case 'performer-approved-already':
    case 'performer-proposed-already':
    case 'no-such-proposal':
    case 'no-such-report':
    case 'report-not-matched':
    case 'report-held-again':
    case 'nothing-reviewed':
    case 'nothing-set-aside':
      return careRefusal(refusal);
    default:
      return unreachable(refusal);
  }
}

export function careRefusal(refusal: ByHandRefusal): Refusal {
  switch (refusal.kind) {
    case 'date-too-far':
      return dateTooFar();
    case 'order-not-active':
      if (refusal.status === 'on-hold')
        return problem('conflict', 'The order is on hold in the EHR: nothing new is begun until it is in force again.');
      return problem('conflict', `The order is ${plain(refusal.status)}, not in force: nothing can be put on record of it.`);
    case 'authorization-open':
      return problem(
        'conflict',
        refusal.status === 'asked'
          ? 'The payer was asked and has not decided, so nothing is sent yet.'
          : 'The payer denied it, so nothing is sent. The clinician decides what is to be done.',
      );
    case 'nobody-asked':
    case 'no-such-attempt':
      return problem('conflict', 'No specialist has been asked yet, so there is nothing to put on record.');
    case 'office-not-named':
      return problem('invalid-request', 'More than one office could have told you this. Nothing was changed.', [
        {
          field: 'what.attempt',
          message: 'It does not say which office',
          fix: `Name the office, by its place among those who were asked: ${refusal.attempts.join(' or ')}.`,
        },
      ]);
    case 'before-visit':
      return problem('invalid-request', 'That lies before the visit that is booked.', [
        {
          field: 'what.at',
          message: 'It is earlier than the appointment',
          fix: 'If the visit was moved, put the new appointment on record first; then what became of it.',
        },
      ]);
    case 'not-yet':
      return problem('invalid-request', 'That is still ahead.', [
        { field: 'what.at', message: 'It lies in the future', fix: 'Say when it happened: now, or earlier.' },
      ]);
    case 'not-in-this-state':
      return problem(
        'conflict',
        `That does not follow from where it stands: the specialist’s side is “${plain(refusal.status)}”. Look at it again.`,
      );
    case 'report-unread':
      return problem('conflict', 'A note has come that nobody has read. The clinician reviews it first; then this can be ended.');
    case 'report-not-linked':
      return problem(
        'conflict',
        'A note has come that nobody has linked to whom was asked. Link it first, or say that it is not of this referral; once the clinician has reviewed it, this can be ended.',
      );
    case 'nothing-to-link':
      return problem('conflict', 'This note is linked already. Look at it again.');
    case 'nothing-to-unlink':
      return problem('conflict', 'This note was taken off this referral already. Look at it again.');
    case 'report-held-again':
      return problem(
        'conflict',
        'This note was taken off, and lies among the documents that came in. Place it from there, with the referral that it is of.',
      );
    case 'nothing-unheard':
      return problem('conflict', 'All that the patient wrote has been seen to, or is their clinician’s to hear. Look at it again.');
    case 'nothing-booked':
    case 'no-such-appointment':
      return problem('conflict', 'No visit is booked, so none can be missed or cancelled. Look at it again.');
    case 'attempt-still-open':
      return problem('conflict', 'The specialist who was asked has not declined. Ask to cancel first.');
    case 'performer-not-approved':
      return problem(
        'conflict',
        'No clinician has approved this specialist, so nothing was sent and nobody was asked. The clinician is asked first.',
      );
    case 'performer-approved-already':
      return problem('conflict', 'The clinician has approved this specialist already. Look at it again, and ask them.');
    case 'performer-proposed-already':
      return problem('conflict', 'This specialist is proposed already, and the clinician has not answered yet. Nothing was changed.');
    case 'no-such-proposal':
      return problem(
        'conflict',
        'This proposal does not wait any more: it was answered, it lapsed because the referral went on without it, or another took its place. Reload the list.',
      );
    case 'no-such-report':
      return problem('not-found', 'There is no such report of this referral. Look at it again.');
    case 'report-not-matched':
      return problem('conflict', 'Nobody has said yet whose answer this note is. A coordinator links it first; then it can be reviewed.');
    case 'nothing-reviewed':
      return problem('conflict', 'Nothing of this referral was reviewed yet. Review the note first.');
    case 'already-closed':
      return problem('conflict', 'The loop of this referral is closed.');
    case 'nothing-set-aside':
      return problem('conflict', 'There is nothing to reconcile any more. Look at it again.');
    default:
      return unreachable(refusal);
  }
}
