/**
 * The fields of a referral's record: where each lives, what it is, who is right about it, and why it may be empty (R84, R90). The types hold it: a field
 * that is added to the record and not here does not compile, and DATA-DICTIONARY.md is made of it.
 */
import type { DirectoryEntry } from '@refloop/domain/network/directory';
import type { Attempt } from '@refloop/domain/referral/attempt';
import type { Setting } from '@refloop/domain/referral/event';
import type { Approval, Referral } from '@refloop/domain/referral/referral';
import type { Report } from '@refloop/domain/referral/report';
import type { Field } from '@refloop/domain/referral/source-of-truth';
import type { Packet } from '../packet/packet.ts';

export type DictionaryField = {
  /** What it says. */
  what: string;
  type: string;
  /** Whose word holds: a field of the registry of sources of truth, or who alone can say it. */
  truth: Field | 'EHR chart' | 'clinician' | 'directory' | 'payer' | 'Refloop' | 'patient' | 'performer';
  /** Why it may be empty; null: it never is. */
  empty: string | null;
};

type KeysOf<Union> = Union extends unknown ? keyof Union : never;
type Fields<Of> = { readonly [Key in Extract<KeysOf<Of>, string>]: DictionaryField };

const field = (what: string, type: string, truth: DictionaryField['truth'], empty: string | null = null): DictionaryField => ({
  what,
  type,
  truth,
  empty,
});

const NOT_IN_CHART = 'the chart does not say; it reads “not recorded”';
const NOT_IN_DIRECTORY = 'the directory does not say; it reads “not recorded”';

const DEMOGRAPHICS = {
  name: field('Name of the patient', 'text', 'EHR chart'),
  born: field('Date of birth', 'day', 'EHR chart', NOT_IN_CHART),
  sex: field('Administrative sex', 'FHIR administrative-gender', 'EHR chart', NOT_IN_CHART),
  recordNumber: field('Medical record number', 'text', 'EHR chart', NOT_IN_CHART),
  phone: field('Telephone', 'text', 'EHR chart', NOT_IN_CHART),
  address: field('Home address', 'text', 'EHR chart', NOT_IN_CHART),
  language: field('Preferred language, in words', 'text', 'EHR chart', NOT_IN_CHART),
  email: field(
    'E-mail address, printed on no packet',
    'text',
    'EHR chart',
    'the chart has none; an approval of before 2026-11-30 kept none',
  ),
} as const satisfies Fields<Packet['patient']>;

const REQUEST = {
  reason: field('Clinical reason, in the clinician’s words', 'text', 'clinician'),
  codes: field(
    'Diagnosis codes of the reason',
    'ICD-10-CM or SNOMED CT, each with its words',
    'clinician',
    'a reason may have no code; the packet is then held',
  ),
  question: field('What the specialist is asked', 'text', 'clinician', 'a reason may say all'),
  kind: field('What is asked for: consult, co-management, procedure …', 'words of the kind', 'clinician'),
  visits: field('How many visits are asked for', 'number', 'clinician'),
  urgency: field('Urgency', 'routine, urgent or emergency', 'priority'),
  coverage: field('Insurance: payer and plan', 'text', 'EHR chart', 'no coverage was in force, or the patient pays'),
} as const satisfies Fields<Packet['request']>;

const REFERRING = {
  clinician: field('Referring provider', 'text', 'clinician'),
  practice: field('Their practice, as the site names itself', 'text', 'Refloop'),
} as const satisfies Fields<Packet['referring']>;

const SPECIALIST = {
  name: field('Specialist', 'text', 'performer'),
  specialty: field('Their specialty', 'text', 'directory'),
  organization: field('Their practice', 'text', 'directory', NOT_IN_DIRECTORY),
  address: field('Where they see patients', 'text', 'directory', NOT_IN_DIRECTORY),
  npi: field('National provider identifier', '10 digits', 'directory'),
  phone: field('Telephone', 'text', 'directory', NOT_IN_DIRECTORY),
  fax: field('Fax', 'text', 'directory', NOT_IN_DIRECTORY),
  network: field('Network status on the day of approval, with its date and source', 'in, out or not known, in words', 'directory'),
} as const satisfies Fields<Packet['specialist']>;

const SETTING = {
  clinic: field('Clinic that ordered', 'text', 'EHR chart', 'most EHRs do not tell an app'),
  payer: field('Payer; never the name of a person', 'text, or self-pay', 'EHR chart', 'no coverage was in force'),
  zip3: field('Geography: first three digits of the patient’s ZIP code', '3 digits', 'EHR chart', 'the chart has no address'),
  miles: field('From there to the specialist’s place', 'miles', 'Refloop', 'one of the two places is not known'),
  language: field('Language that was asked for', 'BCP 47', 'clinician', 'none was asked for'),
} as const satisfies Fields<Setting>;

const APPROVAL = {
  id: field('Id of the approval', 'text', 'Refloop'),
  recommendationId: field('The recommendation that was approved', 'text', 'Refloop'),
  by: field('Who signed', 'subject', 'Refloop'),
  requester: field('Whose referral it is, where somebody signed in their place', 'subject', 'Refloop'),
  at: field('When it was approved: the order date of every measure', 'instant', 'Refloop'),
  orderVersion: field('Version of the order that was seen', 'text', 'Refloop', 'the approval creates the order'),
  contentHash: field('Digest of what was approved', 'SHA-256', 'Refloop'),
  performer: field('Who is asked, with NPI, specialty code and network status', 'performer', 'performer'),
  alternates: field('Who may be asked in their place without another approval', 'list of performers', 'clinician'),
  setting: field('Where and for whom it was ordered (below)', 'setting', 'Refloop', 'approvals made before it was kept'),
  overrideReason: field('Why another than the ranked ones was chosen', 'code and words', 'clinician', 'one of the ranked was chosen'),
} as const satisfies Fields<Approval>;

const RECORD = {
  id: field('Id of the referral', 'ULID', 'Refloop'),
  patientId: field('The patient, by the EHR’s id', 'FHIR id', 'patient'),
  specialty: field('Specialty asked for', 'id of specialties.json', 'clinician'),
  urgency: field('Urgency, as approved', 'routine, urgent or emergency', 'priority'),
  kind: field('Kind of referral', 'code', 'clinician'),
  service: field('What closes it: visit, advice or procedure', 'code', 'clinician'),
  startedAt: field('When it was begun', 'instant', 'Refloop'),
  launchedFrom: field('The order it was launched from', 'reference', 'EHR chart', 'it was begun without one'),
  lastSequence: field('Number of its last event', 'number', 'Refloop'),
  decidedSequence: field('Number of the last event that changes what people decide on', 'number', 'Refloop'),
  recommendations: field(
    'Recommendations made for it, with where each stands',
    'list',
    'Refloop',
    'none yet, or taken over from before Refloop',
  ),
  order: field(
    'The order: draft, approved, awaiting signature, active, on hold, revoked or ended; with approval and write-back',
    'union by status',
    'order-status',
  ),
  authorization: field('The payer’s authorization, with since when', 'union by status', 'payer'),
  payerApprovals: field('Whom the payer approved, since when, and in which event', 'list', 'payer', 'nobody was'),
  attempts: field('Each performer that was asked (below)', 'list', 'work', 'nobody is asked yet'),
  reports: field('Each note that came back (below)', 'list', 'report', 'none came yet'),
  openExceptions: field('Nobody in network was found within so many miles', 'list', 'Refloop', 'somebody was'),
  chartFound: field(
    'What the packet lacked and the chart has had since: which entries, where kept, when read',
    'list',
    'EHR chart',
    'nothing was missing, or is not there yet',
  ),
  proposal: field(
    'Whom a coordinator put to the clinician, or asked before one approved them; and why',
    'performer with a code',
    'Refloop',
    'nobody waits for an answer',
  ),
  furtherApproved: field(
    'Whom a clinician approved since the order stood',
    'list of performers',
    'Refloop',
    'nobody was proposed and approved',
  ),
  refusedPerformers: field('Whom a clinician refused, why and when', 'list of NPI with text', 'Refloop', 'nobody was refused'),
  contacts: field('Tries to reach the patient, with what came of each', 'list', 'Refloop', 'nobody tried'),
  coordinator: field('Who sees to it on the practice’s side', 'subject', 'Refloop', 'the order is not in force yet'),
  escalations: field(
    'Steps of the service levels that were taken, and whom each reached',
    'list',
    'Refloop',
    'nothing stayed open too long',
  ),
  messages: field('Messages between practice and office; their words stand in the events', 'list', 'Refloop', 'none were written'),
  messaged: field('What was written to the patient, and whether it left', 'list', 'Refloop', 'nothing was, or the patient did not consent'),
  patientWords: field('What the patient wrote, and whether somebody saw to it', 'list', 'patient', 'nothing'),
  consents: field('What the patient said last of each channel', 'by channel', 'patient', 'they said nothing of it'),
  rating: field('How it was for the patient', '1 to 5, with its time', 'patient', 'they did not say'),
  elsewhere: field('Visits for this with somebody who was not asked', 'list', 'visit', 'none are known'),
  loss: field('Why it was lost, where a person said so', 'codes', 'Refloop', 'it was not, or nobody said why'),
  reopenedAt: field('When the note that had closed the loop was taken off', 'instant', 'Refloop', 'none was'),
  setAside: field('What contradicts what is known, for a person to reconcile', 'list', 'Refloop', 'nothing does'),
  factKeys: field('Inbound facts that were taken, so that each counts once', 'list', 'Refloop', 'none came'),
} as const satisfies Fields<Referral>;

const ATTEMPT = {
  number: field('1, 2, 3 … within one referral', 'number', 'Refloop'),
  performer: field('Who is asked', 'performer', 'performer'),
  toSendSince: field('Since when they are to be sent it', 'instant', 'Refloop', 'that is only inferred'),
  task: field('The fulfilment Task in the chart', 'reference', 'EHR chart', 'the EHR takes no Task from an app'),
  transmissions: field('Each sending: way, whether it arrived; the first is the sent date', 'list', 'Refloop', 'nothing was sent yet'),
  appointments: field('Each appointment and what became of it', 'list', 'appointment', 'none was made yet'),
  acceptedAt: field('When it was accepted', 'instant', 'work', 'it is not, or that is only inferred'),
  offered: field('Dates that the office named last', 'list with its time', 'performer', 'it named none'),
  visits: field('When the patient was seen, each visit once', 'list', 'visit', 'not yet, or inferred without a time'),
  work: field('Where it stands with them, and since when', 'union by BSeR status', 'work'),
  sinceNote: field(
    'How it stood before the first note, and what was told since, so that a note can be taken off',
    'standing and facts',
    'Refloop',
    'no note was linked',
  ),
  proved: field(
    'Stages that a note proved: of each its event, and that note or what was told and proves it too; neither where the note was taken off and nothing else does',
    'list',
    'Refloop',
    'no note proved any',
  ),
  reopenedAt: field(
    'When its note, or the one that had closed the loop, was taken off: since then what is owed has its whole time',
    'instant',
    'Refloop',
    'none was',
  ),
} as const satisfies Fields<Attempt>;

const REPORT = {
  id: field('Id of the note', 'text', 'Refloop'),
  form: field('Whether it answers the question or says how far it is', 'final or interim', 'report'),
  document: field('The note in the chart, where it was before Refloop read it', 'reference', 'report', 'it came another way'),
  fromNpi: field('Who wrote it', 'NPI', 'report', 'it does not say'),
  receivedAt: field('When it came', 'instant', 'report', 'it was only inferred'),
  chart: field(
    'What Refloop wrote of it in the chart: note and receipt',
    'references',
    'EHR chart',
    'Refloop writes nothing there, or has not yet',
  ),
  takenOff: field('How often it was linked by mistake and taken off again', 'number', 'Refloop'),
  status: field('Received, matched, reviewed, or not of this referral', 'code', 'Refloop'),
  attempt: field('Which attempt it answers', 'number', 'Refloop', 'it is received and not matched'),
  linkedAt: field('When that was put on record', 'instant', 'Refloop', 'it is not matched'),
  reviewedBy: field('Who read it', 'subject', 'Refloop', 'nobody has yet'),
  reviewedAt: field(
    'When it was read: the loop-closure date, once it is final',
    'instant',
    'Refloop',
    'nobody has yet, or it is only inferred',
  ),
  reason: field('Why it is not of this referral, as staff say', 'text', 'Refloop', 'it is, or nobody has looked'),
} as const satisfies Fields<Report>;

const DIRECTORY = {
  id: field('NPI, place and specialty', 'text', 'directory'),
  npi: field('National provider identifier', '10 digits', 'directory'),
  practitionerId: field('Plan-Net Practitioner', 'FHIR id', 'directory'),
  roleIds: field('Plan-Net PractitionerRole rows it rests on', 'list', 'directory'),
  name: field('Name and credential', 'text', 'directory'),
  gender: field('Gender', 'code', 'directory', 'the row does not say'),
  nucc: field('Specialty', 'NUCC taxonomy code', 'directory'),
  specialty: field('Specialty, as the product knows it', 'id of specialties.json', 'Refloop'),
  organization: field('Practice', 'id and name', 'directory', 'the row names none'),
  location: field('Place, with its position', 'address and unit vector', 'directory'),
  phone: field('Telephone', 'text', 'directory', 'the row does not say'),
  fax: field('Fax', 'text', 'directory', 'the row does not say'),
  direct: field('Direct address', 'text', 'directory', 'the row does not say'),
  channels: field('Ways it takes referrals by, preferred first', 'list', 'directory', 'the row names none'),
  languages: field('Languages spoken', 'list of BCP 47', 'directory', 'the row names none'),
  interpreterOnSite: field('Interpreter on site', 'yes or no', 'directory', 'the row does not say'),
  ages: field('Whom they see', 'adults, children or all', 'directory'),
  acceptsEmergencies: field('Takes emergencies', 'yes or no', 'directory', 'the row does not say'),
  telehealth: field('Sees patients by video', 'yes or no', 'directory', 'the row does not say'),
  slidingScale: field('Sliding scale', 'yes or no', 'directory', 'the row does not say'),
  paymentPlan: field('Payment plan', 'yes or no', 'directory', 'the row does not say'),
  selfScheduling: field('Patients book by themselves', 'yes or no', 'directory', 'the row does not say'),
  wait: field('Average wait of a new patient, as listed', 'days, as of', 'directory', 'the row does not say'),
  rating: field('Rating by patients', '0 to 5, of how many', 'directory', 'the row does not say'),
  networks: field(
    'Plans: each network with whether new patients are taken, verified when and by which source',
    'list',
    'directory',
    'in no network that was imported',
  ),
  contradictions: field('Where the directory disagrees with itself', 'list', 'Refloop', 'it does not'),
} as const satisfies Fields<DirectoryEntry>;

export type DictionaryPart = {
  title: string;
  /** Where all fields of this part live, and in what form. */
  lives: string;
  fields: Readonly<Record<string, DictionaryField>>;
};

const IN_PACKET =
  'What was approved, in `approval.content` (sealed), and as it went in `outbox` and with the office’s link; FHIR and C-CDA forms are made of it.';

export const DATA_DICTIONARY: readonly DictionaryPart[] = [
  { title: 'Patient (demographics)', lives: IN_PACKET, fields: DEMOGRAPHICS },
  { title: 'Reason and insurance', lives: IN_PACKET, fields: REQUEST },
  { title: 'Referring provider', lives: IN_PACKET, fields: REFERRING },
  { title: 'Specialist, as asked', lives: IN_PACKET, fields: SPECIALIST },
  {
    title: 'Where and for whom it was ordered',
    lives: 'Event `referral-approved` (sealed); in the warehouse `core__referral`. No identifier of a person.',
    fields: SETTING,
  },
  { title: 'Approval', lives: 'Event `referral-approved` and table `approval`.', fields: APPROVAL },
  {
    title: 'The record',
    lives: 'Folded of the events of the referral (`referral_event`, sealed); as a projection in `referral.state_sealed`.',
    fields: RECORD,
  },
  { title: 'Each attempt', lives: 'In the record, `attempts`.', fields: ATTEMPT },
  {
    title: 'Each note that came back',
    lives: 'In the record, `reports`; the file itself in `document` or `inbound_document` (sealed).',
    fields: REPORT,
  },
  {
    title: 'Specialist in the directory (contact, plans)',
    lives: 'The directory in force (`directory_snapshot`), published from a payer’s Plan-Net export. Nothing of a patient.',
    fields: DIRECTORY,
  },
];

/** What R84 asks for by name, and which field says it. */
export const KEY_FIELDS: readonly { asked: string; said: string }[] = [
  { asked: 'Demographics', said: 'Patient (demographics)' },
  { asked: 'Clinical reason', said: 'Reason and insurance: `reason`, `question`' },
  { asked: 'Specialty', said: 'The record: `specialty`' },
  { asked: 'Insurance', said: 'Reason and insurance: `coverage`; Where and for whom it was ordered: `payer`' },
  { asked: 'Geography', said: 'Where and for whom it was ordered: `zip3`, `miles`' },
  { asked: 'Diagnosis codes', said: 'Reason and insurance: `codes`' },
  { asked: 'Referring provider', said: 'Referring provider; Approval: `by`, `requester`' },
  { asked: 'Network status', said: 'Specialist, as asked: `network`; Approval: `performer`' },
  { asked: 'Status', said: 'Derived, never stored as truth: one word of `referral/status.ts`, in the column `referral.status`' },
  { asked: 'Sent date', said: 'Each attempt: `transmissions`, the first' },
  { asked: 'Loop-closure date', said: 'Each note that came back: `reviewedAt` of the final one; event `report-reviewed`' },
  {
    asked: 'Specialist NPI, contact, plans',
    said: 'Specialist, as asked; Specialist in the directory: `phone`, `fax`, `direct`, `networks`',
  },
];

/** Columns of the table `referral`: what of a record is not sealed. */
export const REFERRAL_COLUMNS: Readonly<Record<string, string>> = {
  tenant: 'the organisation',
  issuer: 'the EHR, by its FHIR base',
  site: 'name of the site entry',
  referral_id: 'id of the referral',
  patient_index: 'keyed blind index of the patient: finds their referrals and tells nothing',
  sequence: 'number of the last event in it',
  status: 'the one word of where it stands, for lists',
  updated_at: 'when it was last made of its events',
  requester: 'subject of the clinician whose order it is: finds their own referrals',
  ended: 'whether the order is over or the loop is closed, for lists',
  fold_version: 'of the fold that made it',
  state_sealed: 'the record itself, under the data key of the referral',
};
