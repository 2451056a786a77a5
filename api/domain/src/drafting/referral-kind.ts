/** What the referring clinician asks of the specialist: who does what, and who keeps the patient. */
import type { Service } from '../referral/closure.ts';

export const REFERRAL_KINDS = ['consult', 'evaluate-and-treat', 'co-manage', 'transfer', 'e-consult'] as const;
export type ReferralKind = (typeof REFERRAL_KINDS)[number];

export type ReferralKindWords = {
  /** On a control: sentence case. */
  readonly label: string;
  /** Under the control: who does what. */
  readonly meaning: string;
  /** Opens the request sentence: "Please … ". */
  readonly ask: string;
  /** What a form proposes; the clinician may ask for 1 to 99. */
  readonly usualVisits: number;
};

// The wording and the proposed numbers of visits are ours; no payer or society rule stands behind them.
export const REFERRAL_KIND_WORDS: Readonly<Record<ReferralKind, ReferralKindWords>> = {
  consult: {
    label: 'Consult',
    meaning: 'The specialist sees the patient and advises; treatment stays with the referring clinician.',
    ask: 'see {patient} in consultation and advise; treatment stays with me',
    usualVisits: 1,
  },
  'evaluate-and-treat': {
    label: 'Evaluate and treat',
    meaning: 'The specialist evaluates and treats this problem, then returns the patient.',
    ask: 'evaluate and treat {patient} for this problem',
    usualVisits: 3,
  },
  'co-manage': {
    label: 'Co-manage',
    meaning: 'Both follow this problem; each says which part they take.',
    ask: 'follow {patient} together with me and say which part of the care you take',
    usualVisits: 4,
  },
  transfer: {
    label: 'Transfer of care',
    meaning: 'The specialist takes over the care of this problem.',
    ask: 'take over the care of {patient} for this problem',
    usualVisits: 6,
  },
  'e-consult': {
    label: 'eConsult',
    meaning: 'The specialist advises from the record, without seeing the patient.',
    ask: 'advise me about {patient} from the record',
    usualVisits: 1,
  },
};

/** What the specialist is asked to do: an eConsult closes on advice, every other kind on a visit. */
export const serviceOf = (kind: ReferralKind): Extract<Service, 'visit' | 'e-consult'> => (kind === 'e-consult' ? kind : 'visit');

/** How many visits are asked for: of advice alone none, whatever the form holds. */
export const visitsAskedFor = (kind: ReferralKind, visits: number): number => (kind === 'e-consult' ? 0 : visits);

export const MOST_VISITS = 99;

export const isReferralKind = (value: string): value is ReferralKind => REFERRAL_KINDS.some((kind) => kind === value);

/** `no visit`, `1 visit`, `3 visits`. */
export const visitsWords = (visits: number): string => (visits === 0 ? 'no visit' : `${visits} ${visits === 1 ? 'visit' : 'visits'}`);

/**
 * The closing request, in the clinician's voice. `patient` is how the note calls the patient ("Mrs. Delgado"), or
 * "the patient".
 */
export function requestSentence(kind: ReferralKind, visits: number, urgency: 'routine' | 'urgent' | 'emergency', patient: string): string {
  const ask = REFERRAL_KIND_WORDS[kind].ask.replace('{patient}', patient);
  const pace = urgency === 'routine' ? '' : urgency === 'urgent' ? ' This is urgent.' : ' This is an emergency.';
  return `Please ${ask}. ${visitsWords(visitsAskedFor(kind, visits))} asked for.${pace}`.replace(/(?<=\. )[a-z]/, (letter) =>
    letter.toUpperCase(),
  );
}
