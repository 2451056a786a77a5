/** The domain’s refusals of what a patient does, as their page says them. */
import type { PatientRefusal } from '@refloop/domain/referral/patient-act';
import { problem, type Refusal } from '../../problem.ts';

export function patientRefusal(refusal: PatientRefusal): Refusal {
  switch (refusal.kind) {
    case 'date-not-offered':
      return problem('conflict', 'That date is not free any more. Nothing was booked. Pick another one.');
    case 'not-an-option':
      return problem('conflict', 'That office cannot be picked any more. Nothing was changed. Look at the page again.');
    case 'seen-ahead':
      return problem('invalid-request', 'That is still ahead.', [
        { field: 'what.at', message: 'It lies in the future', fix: 'Give the day you were seen.' },
      ]);
    case 'too-early':
      return problem('invalid-request', 'That day is before your visit.', [
        { field: 'what.at', message: 'It lies before the visit', fix: 'Give the day you were seen.' },
      ]);
    case 'note-is-back':
      return problem('conflict', 'The specialist’s note is back already. Call your clinic.');
    case 'order-not-active':
      return problem('conflict', 'Your clinic has ended this referral. Nothing was changed.');
    case 'not-offered-to-patient':
    case 'not-in-this-state':
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
    case 'already-closed':
    case 'nothing-set-aside':
      return problem('conflict', 'Something has changed since this page was shown. Nothing was done. Look at it again.');
  }
}
