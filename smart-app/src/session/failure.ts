/** Everything that ends or prevents work in the app, and the plain page each becomes: what happened, what it means, what to do. */
export type Failure =
  | { kind: 'launch-parameters-missing'; missing: readonly string[] }
  | { kind: 'launch-parameter-refused'; parameter: string }
  | { kind: 'iss-not-allowed'; iss: string }
  | { kind: 'no-launch' }
  | { kind: 'launch-expired'; detail: string }
  | { kind: 'access-denied'; detail: string }
  | { kind: 'storage-blocked' }
  | { kind: 'no-patient' }
  | { kind: 'scope-missing'; scopes: readonly string[] }
  | { kind: 'ehr-unreachable'; detail: string }
  | { kind: 'ehr-signed-out' }
  | { kind: 'api-unreachable' }
  | { kind: 'wrong-patient'; where: string }
  | { kind: 'patient-merged' }
  | { kind: 'session-ended'; why: 'idle' | 'expired' | 'reloaded' }
  | { kind: 'not-a-practitioner'; reference: string | undefined }
  | { kind: 'refused'; title: string; detail: string; reference: string | undefined }
  | { kind: 'broken'; detail: string };

export type FailurePageText = {
  title: string;
  /** What happened. */
  what: string;
  meaning: string;
  /** The way out. */
  todo: string;
  reference?: string | undefined;
  /** `retry` where loading the same page again can help. */
  wayOut: 'retry' | 'reopen';
};

const REOPEN = 'Close this page and open Refloop from the chart again.';

/** @returns the words of the page; never a name, an identifier or a token */
export function explainFailure(failure: Failure): FailurePageText {
  switch (failure.kind) {
    case 'launch-parameters-missing':
      return {
        title: 'Refloop has to be opened from the chart',
        what: `The address that opened this page does not say ${failure.missing.join(' and ')}.`,
        meaning: 'Without it Refloop does not know which EHR and which chart you are in. Nothing was read or written.',
        todo: 'Open the patient’s chart and choose Refer.',
        wayOut: 'reopen',
      };
    case 'launch-parameter-refused':
      return {
        title: 'This launch was refused',
        what: `The address that opened this page carries “${failure.parameter}”, which a launch must not set.`,
        meaning: 'It could point Refloop at another server or another patient, so nothing was read.',
        todo: `${REOPEN} If it happens again, tell the administrator of your EHR.`,
        wayOut: 'reopen',
      };
    case 'iss-not-allowed':
      return {
        title: 'This EHR is not set up for Refloop',
        what: `The launch came from ${failure.iss}, which is not on this Refloop’s list of EHRs.`,
        meaning: 'Refloop talks only to EHRs that its administrator has listed, letter by letter. Nothing was sent there.',
        todo: 'Ask your administrator to add this EHR to the sites file, or open Refloop from an EHR that is on it.',
        wayOut: 'reopen',
      };
    case 'no-launch':
      return {
        title: 'There is no open launch in this window',
        what: 'This page was opened without a launch from the EHR.',
        meaning: 'Refloop keeps nothing in the browser between launches, so it has no chart to show.',
        todo: 'Open the patient’s chart and choose Refer; to work on the lists, open Refloop from the EHR as you did before.',
        wayOut: 'reopen',
      };
    case 'launch-expired':
      return {
        title: 'This launch has expired',
        what: failure.detail || 'The EHR no longer accepts the code it gave for this launch.',
        meaning: 'A launch can be used once and for about a minute. Nothing was read or written.',
        todo: REOPEN,
        wayOut: 'reopen',
      };
    case 'access-denied':
      return {
        title: 'Access was denied',
        what: failure.detail || 'The EHR did not give Refloop access to this chart.',
        meaning: 'Either access was declined on the EHR’s page or your account may not use Refloop here.',
        todo: `${REOPEN} If you did not decline, ask your EHR administrator for access to Refloop.`,
        wayOut: 'reopen',
      };
    case 'storage-blocked':
      return {
        title: 'The browser blocks what the launch needs',
        what: 'This browser does not let the page keep the launch while you sign in.',
        meaning: 'The launch cannot be completed safely without session storage.',
        todo: 'Allow site data for this address, or ask your EHR administrator to open Refloop in a supported window. Then open it from the chart again.',
        wayOut: 'reopen',
      };
    case 'no-patient':
      return {
        title: 'No patient was opened',
        what: 'The EHR opened Refloop for an order but did not say which patient it belongs to.',
        meaning: 'A referral is always made in one patient’s chart. Nothing was read or written.',
        todo: 'Open the patient’s chart and choose Refer there.',
        wayOut: 'reopen',
      };
    case 'scope-missing':
      return {
        title: 'The EHR did not allow what a referral needs',
        what: `Not granted: ${failure.scopes.join(', ')}.`,
        meaning: 'Refloop cannot show this chart without it.',
        todo: 'Ask your EHR administrator to allow it for Refloop, then open Refloop from the chart again.',
        wayOut: 'reopen',
      };
    case 'ehr-unreachable':
      return {
        title: 'The EHR does not answer',
        what: failure.detail || 'Refloop tried several times and got no answer.',
        meaning: 'Nothing was written. Drafts you saved earlier are kept.',
        todo: 'Wait a moment and try again. If the EHR itself works, tell its administrator.',
        wayOut: 'retry',
      };
    case 'ehr-signed-out':
      return {
        title: 'Your EHR session has ended',
        what: 'The EHR no longer accepts this launch.',
        meaning: 'Your draft is kept. What was not yet written waits and is offered first next time.',
        todo: 'Sign in to the EHR and open Refloop from the chart to finish.',
        wayOut: 'reopen',
      };
    case 'api-unreachable':
      return {
        title: 'Refloop’s server does not answer',
        what: 'Refloop tried several times and got no answer from its own server.',
        meaning: 'Nothing was written to the chart. Drafts that were saved are kept.',
        todo: 'Try again in a moment. Until then, order the referral in the EHR as usual.',
        wayOut: 'retry',
      };
    case 'wrong-patient':
      return {
        title: 'Stopped: this is not the same patient',
        what: `${failure.where} belongs to another patient than the one this page was opened for.`,
        meaning: 'To protect both patients Refloop stopped, removed everything from this page and wrote nothing.',
        todo: 'Close this page, check which chart is open, and open Refloop again. Report it if it happens twice.',
        wayOut: 'reopen',
      };
    case 'patient-merged':
      return {
        title: 'This chart was merged into another',
        what: 'The EHR says that another record took the place of this patient’s.',
        meaning: 'A referral from here would be missed by those who look at the right chart. Nothing was written.',
        todo: 'Close this page and open Refloop from the chart that took its place.',
        wayOut: 'reopen',
      };
    case 'session-ended':
      return {
        title: 'Session ended',
        what: {
          idle: 'There was no activity on this page for a while.',
          expired: 'The longest time a session may last has passed.',
          reloaded: 'This page was loaded again, and a launch opens one session only.',
        }[failure.why],
        meaning: 'The patient’s data was removed from this page. Your draft is kept.',
        todo: 'Re-open from the chart to finish.',
        wayOut: 'reopen',
      };
    case 'not-a-practitioner':
      return {
        title: 'Refloop is for clinicians',
        what: 'The EHR says that the person signed in is not a practitioner.',
        meaning: 'Only a clinician may refer from the chart. Nothing was read or written.',
        todo: 'Sign in to the EHR with a clinician’s account, or ask your EHR administrator to correct yours.',
        reference: failure.reference,
        wayOut: 'reopen',
      };
    case 'refused':
      return {
        title: failure.title,
        what: failure.detail,
        meaning: 'Nothing was written to the chart.',
        todo: `${REOPEN} If it happens again, tell your administrator the reference below.`,
        reference: failure.reference,
        wayOut: 'reopen',
      };
    case 'broken':
      return {
        title: 'Something in Refloop failed',
        what: failure.detail,
        meaning: 'Nothing was written after this point. Drafts that were saved are kept.',
        todo: REOPEN,
        wayOut: 'reopen',
      };
  }
}
