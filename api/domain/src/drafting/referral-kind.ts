/** What the referring clinician asks of the specialist: who does what, and who keeps the patient. */

export const REFERRAL_KINDS = ['consult', 'evaluate-and-treat', 'co-manage', 'transfer'] as const;
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
};

export const MOST_VISITS = 99;

export const isReferralKind = (value: string): value is ReferralKind => REFERRAL_KINDS.some((kind) => kind === value);

/** `1 visit`, `3 visits`. */
export const visitsWords = (visits: number): string => `${visits} ${visits === 1 ? 'visit' : 'visits'}`;

/**
 * The closing request, in the clinician's voice. `patient` is how the note calls the patient ("Mrs. Delgado"), or
 * "the patient".
 */
export function requestSentence(kind: ReferralKind, visits: number, urgency: 'routine' | 'urgent' | 'emergency', patient: string): string {
  const ask = REFERRAL_KIND_WORDS[kind].ask.replace('{patient}', patient);
  const pace = urgency === 'routine' ? '' : urgency === 'urgent' ? ' This is urgent.' : ' This is an emergency.';
  return `Please ${ask}. ${visitsWords(visits)} asked for.${pace}`.replace(/(?<=\. )[a-z]/, (letter) => letter.toUpperCase());
}
