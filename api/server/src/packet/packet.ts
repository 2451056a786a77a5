/** The referral packet: all that a specialist's front desk and the specialist need, as facts, before it becomes a page. */

import type { Sentence, SourceExcerpt } from '@refloop/domain/drafting/note';
import { type NumberedNote, numberedNote } from '@refloop/domain/drafting/note-review';
import { visitsAskedFor } from '@refloop/domain/drafting/referral-kind';
import { type Coding, list, object, text } from '@refloop/domain/fhir/read';
import type { Instant } from '@refloop/domain/instant';
import { languageName, plainDay } from '@refloop/domain/matching/plain-words';
import { SYNTHETIC_TAG } from '@refloop/domain/network/plan-net';
import type { PacketItem } from '@refloop/domain/packet/contents';
import type { EnclosedFile, NotEnclosed } from '@refloop/domain/packet/file';
import type { Card } from '../client/match.ts';
import type { MakeRecommendation } from '../client/recommendation.ts';

/** Kept with the approval and covered by its content hash, so that the same page can be made again at any time. */
export type Packet = {
  title: string;
  referralId: string;
  approvedAt: Instant;
  /** True where patient or directory are made up: said on every page. */
  synthetic: boolean;
  patient: {
    name: string;
    born: string;
    sex: string;
    recordNumber: string;
    phone: string;
    address: string;
    language: string;
    /** Where the patient may be asked for e-mails: no page of the packet prints it. Absent where the chart has none. */
    email?: string;
  };
  referring: { clinician: string; practice: string };
  specialist: {
    name: string;
    specialty: string;
    organization: string;
    address: string;
    npi: string;
    phone: string;
    fax: string;
    network: string;
  };
  request: {
    kind: string;
    visits: number;
    urgency: string;
    reason: string;
    codes: string[];
    question: string;
    coverage: string;
  };
  note: NumberedNote;
  /** How the practice shows itself, where it says so in its configuration; on paper and nowhere else. */
  letterhead?: Letterhead;
  /** What goes with it since it was sent: absent where it is the page of the approval alone. */
  chart?: ChartPart;
};

/** `accent`: `#rrggbb`, or null for Refloop’s. */
export type Letterhead = { name: string; phone: string; accent: string | null };

/** The patient as machines read them; the words for people stand in `patient`. */
export type Person = {
  family: string;
  given: string[];
  line: string[];
  city: string;
  state: string;
  postalCode: string;
  /** BCP 47; empty where none is recorded. */
  language: string;
};

/** What of the chart goes along, put together on the day it is sent. */
export type ChartPart = {
  madeAt: Instant;
  person: Person;
  reasonCodes: Coding[];
  /** The kind of packet in words; null for the standard one. */
  variant: string | null;
  /** "2 business days". */
  answerWithin: string | null;
  items: PacketItem[];
  teeth: string[];
  /** Where the payer's authorization stands, in words. */
  authorization: string;
  /** Where whoever referred is reached. */
  callback: string;
  /** What it should hold and does not, by name. */
  lacking: string[];
  /** Something is not handed on without the patient's own consent. What, is not said. */
  withheld: boolean;
  /** Security labels by which it holds what needs a consent; empty where it holds nothing of the kind. Older ones do not say (coverOf). */
  consented?: string[];
  /** What of the items goes by its content; absent where no file is fetched: then they go by their titles. */
  files?: { enclosed: EnclosedFile[]; notEnclosed: NotEnclosed[] };
};

/** The same words whatever it is, how much of it and for which reason. */
export const WITHHELD_WORDS =
  'Some records are not part of this packet because they need the patient’s own consent. Ask the practice if you need to know more.';

const NOT_RECORDED = 'not recorded';
export const orNotRecorded = (words: string): string => words || NOT_RECORDED;

const notOld = (entry: Readonly<Record<string, unknown>>): boolean => entry['use'] !== 'old';

const rankOf = ({ rank }: Readonly<Record<string, unknown>>): number => (typeof rank === 'number' ? rank : Number.MAX_SAFE_INTEGER);

/** The lowest rank first, and of those without one the first; `use` may be absent (FHIR R4 ContactPoint, both 0..1). */
const valueOf = (telecom: readonly Readonly<Record<string, unknown>>[], system: string): string =>
  text(
    telecom
      .filter((one) => one['system'] === system && notOld(one) && text(one['value']) !== '')
      .toSorted((left, right) => rankOf(left) - rankOf(right))[0]?.['value'],
  );
export const strings = (value: unknown): string[] => (Array.isArray(value) ? value.map(text).filter(Boolean) : []);

type Fhir = Readonly<Record<string, unknown>>;

/** The name in use: the official one, or the first that is not a former one. */
export function officialName(patient: Fhir): Fhir {
  const names = list(patient['name']).filter(notOld);
  return names.find((one) => one['use'] === 'official') ?? names[0] ?? {};
}

function homeAddress(patient: Fhir): Fhir {
  const addresses = list(patient['address']).filter((one) => notOld(one) && one['use'] !== 'billing');
  return addresses.find((one) => one['use'] === 'home') ?? addresses[0] ?? {};
}

function spokenTag(patient: Fhir): string {
  const spoken = list(patient['communication']);
  const preferred = spoken.find((one) => one['preferred'] === true) ?? (spoken.length === 1 ? spoken[0] : undefined);
  return text(list(object(preferred?.['language'])['coding'])[0]?.['code']);
}

export function personOf(patient: Fhir): Person {
  const [name, address] = [officialName(patient), homeAddress(patient)];
  return {
    family: text(name['family']) || text(name['text']),
    given: strings(name['given']),
    line: strings(address['line']),
    city: text(address['city']),
    state: text(address['state']),
    postalCode: text(address['postalCode']),
    language: spokenTag(patient),
  };
}

function nameOf(patient: Fhir): string {
  const name = officialName(patient);
  const spelled = [text(name['family']), strings(name['given']).join(' ')].filter(Boolean).join(', ');
  return orNotRecorded(spelled || text(name['text']));
}

function addressOf(patient: Fhir): string {
  const address = homeAddress(patient);
  const place = [text(address['state']), text(address['postalCode'])].filter(Boolean).join(' ');
  return [...strings(address['line']), text(address['city']), place].filter(Boolean).join(', ') || text(address['text']);
}

export function patientOf(resource: Readonly<Record<string, unknown>>): Packet['patient'] {
  const record = list(resource['identifier']).find((one) => list(object(one['type'])['coding']).some((coding) => coding['code'] === 'MR'));
  const spoken = list(resource['communication']);
  const preferred = spoken.find((one) => one['preferred'] === true) ?? (spoken.length === 1 ? spoken[0] : undefined);
  const language = object(preferred?.['language']);
  const tag = spokenTag(resource);
  const email = valueOf(list(resource['telecom']), 'email');
  return {
    name: nameOf(resource),
    born: orNotRecorded(text(resource['birthDate'])),
    sex: orNotRecorded(text(resource['gender'])),
    recordNumber: orNotRecorded(text(record?.['value'])),
    phone: orNotRecorded(valueOf(list(resource['telecom']), 'phone')),
    address: orNotRecorded(addressOf(resource)),
    language: orNotRecorded(text(language['text']) || (tag === '' ? '' : languageName(tag))),
    ...(email === '' ? {} : { email }),
  };
}

/** In network, out, or not known: with the day and the source of the statement, so that a payer's clerk can check it. */
export function networkStatement(network: Pick<Card['network'], 'status' | 'verifiedOn' | 'source'>): string {
  const from = [
    network.verifiedOn === undefined ? '' : `as of ${plainDay(network.verifiedOn)}`,
    network.source === undefined ? '' : `source: ${network.source}`,
  ]
    .filter(Boolean)
    .join(', ');
  const words = {
    in: 'In the patient’s network',
    out: 'Not in the patient’s network',
    unknown: 'Network status not known: call to confirm',
  };
  return from === '' ? words[network.status] : `${words[network.status]} (${from})`;
}

const CODE_SYSTEMS: Readonly<Record<string, string>> = {
  'http://hl7.org/fhir/sid/icd-10-cm': 'ICD-10-CM',
  'http://snomed.info/sct': 'SNOMED CT',
};

const isTagged = (resource: Readonly<Record<string, unknown>>): boolean =>
  list(object(resource['meta'])['tag']).some((tag) => tag['system'] === SYNTHETIC_TAG.system && tag['code'] === SYNTHETIC_TAG.code);

export type PacketFacts = {
  title: string;
  referralId: string;
  approvedAt: Instant;
  patientId: string;
  chart: readonly Readonly<Record<string, unknown>>[];
  /** Whether the directory the specialist stands in is made up. */
  synthetic: boolean;
  clinician: string;
  practice: string;
  letterhead: Letterhead | undefined;
  card: Card;
  performerDisplay: string;
  kindLabel: string;
  request: MakeRecommendation['request'];
  sentences: readonly Sentence[];
  sources: readonly SourceExcerpt[];
};

export function packetOf(facts: PacketFacts): Packet {
  const { card, request } = facts;
  const patient = facts.chart.find((resource) => resource['resourceType'] === 'Patient' && resource['id'] === facts.patientId) ?? {};
  const { coverage } = request.match;
  const coverageText = coverage ? [coverage.payerName, coverage.planName ?? coverage.planIdentifier].filter(Boolean).join(', ') : '';
  return {
    title: facts.title,
    referralId: facts.referralId,
    approvedAt: facts.approvedAt,
    synthetic: facts.synthetic || isTagged(patient),
    patient: patientOf(patient),
    referring: { clinician: facts.clinician, practice: facts.practice },
    ...(facts.letterhead ? { letterhead: facts.letterhead } : {}),
    specialist: {
      name: facts.performerDisplay,
      specialty: card.specialtyName,
      organization: orNotRecorded(card.organization ?? ''),
      address: orNotRecorded(card.address),
      npi: card.npi,
      phone: orNotRecorded(card.phone ?? ''),
      fax: orNotRecorded(card.fax ?? ''),
      network: networkStatement(card.network),
    },
    request: {
      kind: facts.kindLabel,
      visits: visitsAskedFor(request.kind, request.visits),
      urgency: request.match.urgency,
      reason: orNotRecorded(request.reasonText),
      codes: request.reasonCodes.map(({ system, code, display }) =>
        [`${CODE_SYSTEMS[system] ?? system} ${code}`, display].filter(Boolean).join(' · '),
      ),
      question: orNotRecorded(request.question),
      coverage: coverageText || 'no coverage given',
    },
    note: numberedNote(facts.sentences, facts.sources),
  };
}
