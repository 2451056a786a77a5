/**
 * What came in and is held until it is known whose it is: seen by those who work this queue and by nobody else. They place it with a referral, or
 * say that it is nobody's here.
 */
import { specialtyById } from '@refloop/domain/clinical/specialty';
import type { Agreement } from '@refloop/domain/patient-match/compare';
import { type ReferralCandidate, referralCandidates } from '@refloop/domain/patient-match/find-referral';
import { GUARDS } from '@refloop/domain/patient-match/guards';
import type { Identity } from '@refloop/domain/patient-match/identity';
import type { ComparedCandidate } from '@refloop/domain/patient-match/match-patient';
import type { Referral } from '@refloop/domain/referral/referral';
import { heldNoteDueAt, heldNoteDuty } from '@refloop/domain/sla/held-note';
import type { SlaPolicy } from '@refloop/domain/sla/policy';
import type { Reached, StaffPerson } from '@refloop/domain/sla/staff';
import type {
  ComparedField,
  FindPatients,
  FoundPatients,
  HeldDocument,
  HeldList,
  PatientChoice,
  PlaceDocument,
  ReferralChoice,
} from '../client/inbound.ts';
import { type InboundContent, inboundContentOf, PDF_TYPE, readingOf } from '../inbound/inbound-content.ts';
import { placeDocument } from '../inbound/place-document.ts';
import { nobody } from '../inbound/read-document.ts';
import { chartsLike, compareWith, matchAmong, referralsOf } from '../inbound/route-document.ts';
import { problem, type Refusal, Refused } from '../problem.ts';
import { actorOf, personOf, type Session } from '../sessions/session.ts';
import type { StoredInbound } from '../store/inbound-documents.ts';
import type { StoredIdentity } from '../store/patient-identities.ts';
import type { Store, Unit } from '../store/store.ts';
import { policyIn } from './engine/policy-in-force.ts';
import { staffIn } from './engine/staff.ts';
import { readReferral, withRetry } from './referral-log.ts';
import { namesOf } from './staff-names.ts';

export type HeldDocumentService = {
  list: (session: Session, now: Date) => Promise<HeldList>;
  file: (session: Session, id: string, now: Date) => Promise<Uint8Array<ArrayBuffer> | Refusal>;
  /** Patients with a referral here, for somebody who knows better than what was read of the document. Each that is shown is put on record. */
  find: (session: Session, id: string, asked: FindPatients, now: Date) => Promise<FoundPatients | Refusal>;
  place: (session: Session, id: string, asked: PlaceDocument, now: Date) => Promise<{ placed: true } | Refusal>;
  setAside: (session: Session, id: string, reason: string, now: Date) => Promise<{ setAside: true } | Refusal>;
};

const MOST = 50;
const MOST_PATIENTS = 5;
/** By a birth date more than that are told apart by a record number. */
const MOST_FOUND = 20;

const notHeld = (): Refusal =>
  problem('not-found', 'This document is not held any more: somebody placed it or set it aside. Reload the list.');

const nameOf = ({ family, given, suffix }: Identity): string =>
  [[family, given.join(' ')].filter(Boolean).join(', '), suffix].filter(Boolean).join(' ');
const addressOf = ({ line, city, postalCode }: Identity): string => [line, city, postalCode].filter(Boolean).join(', ');

const AGREES: Readonly<Record<NonNullable<Agreement[keyof Agreement]>, ComparedField['agrees']>> = {
  same: 'yes',
  close: 'nearly',
  crossed: 'nearly',
  nickname: 'nearly',
  slip: 'nearly',
  initial: 'nearly',
  area: 'nearly',
  year: 'no',
  different: 'no',
};

/** The weaker of two decides. */
const ORDER: readonly ComparedField['agrees'][] = ['no', 'nearly', 'yes', 'not said'];
const weaker = (levels: readonly ComparedField['agrees'][]): ComparedField['agrees'] =>
  [...levels].sort((left, right) => ORDER.indexOf(left) - ORDER.indexOf(right))[0] ?? 'not said';

function fieldsOf(said: Identity, chart: Identity, compared: ComparedCandidate): ComparedField[] {
  const agrees = (field: keyof Agreement): ComparedField['agrees'] => {
    const level = compared.fields.find((each) => each.field === field)?.level;
    return level === undefined ? 'not said' : AGREES[level];
  };
  const number = compared.recordNumber;
  return [
    { field: 'name', said: nameOf(said), chart: nameOf(chart), agrees: weaker([agrees('family'), agrees('given')]) },
    { field: 'born', said: said.born, chart: chart.born, agrees: agrees('born') },
    { field: 'sex', said: said.sex, chart: chart.sex, agrees: agrees('sex') },
    { field: 'address', said: addressOf(said), chart: addressOf(chart), agrees: agrees('address') },
    { field: 'phone', said: said.phone, chart: chart.phone, agrees: agrees('phone') },
    {
      field: 'record number',
      said: said.recordNumbers.join(', '),
      chart: chart.recordNumbers.join(', '),
      agrees: number === null ? 'not said' : number === 'same' ? 'yes' : 'no',
    },
  ];
}

function comparedFields(said: Identity, chart: StoredIdentity): ComparedField[] {
  const compared = compareWith(said, chart);
  return compared ? fieldsOf(said, chart.identity, compared) : [];
}

const choiceOf = (candidate: ReferralCandidate, specialtyName: string): ReferralChoice => ({
  referralId: candidate.referralId,
  attempt: candidate.attempt,
  specialist: candidate.specialist,
  specialtyName,
  approvedAt: candidate.approvedAt,
  writtenBy: candidate.writtenBy,
  date: candidate.date,
  named: candidate.order === 'same',
});

async function choicesOf(
  unit: Unit,
  content: InboundContent,
  patientId: string,
  charts: readonly StoredIdentity[],
): Promise<ReferralChoice[]> {
  const header = content.reading?.kind === 'read' ? content.reading.header : { npis: [], orders: [], date: '' };
  const referrals: Referral[] = await referralsOf(unit, patientId, charts);
  const names = new Map(referrals.map(({ id, specialty }) => [id, specialtyById(specialty)?.name ?? specialty]));
  return referralCandidates(header, referrals).map((candidate) => choiceOf(candidate, names.get(candidate.referralId) ?? ''));
}

const saidOf = ({ reading }: InboundContent): Identity => (reading?.kind === 'read' ? reading.header.patient : nobody());

/** Patients by what somebody who holds the document in hand knows of them, beside what the document says. */
async function patientsBy(
  unit: Unit,
  content: InboundContent,
  { born, recordNumber }: FindPatients,
): Promise<{ shown: { patientId: string; choice: PatientChoice }[]; more: number }> {
  const asked: Identity = { ...nobody(), born, recordNumbers: recordNumber === '' ? [] : [recordNumber] };
  const like = await chartsLike(unit, asked);
  const charts = like.filter(({ replacedBy }) => replacedBy === null);
  const linked = content.link && (await readReferral(unit, content.link.referralId));
  const shown: { patientId: string; choice: PatientChoice }[] = [];
  for (const { patientId, ...chart } of charts.slice(0, MOST_FOUND)) {
    const choice: PatientChoice = {
      name: nameOf(chart.identity),
      fields: comparedFields(saidOf(content), { patientId, ...chart }),
      against: [],
      linked: linked?.patientId === patientId,
      referrals: await choicesOf(unit, content, patientId, like),
    };
    shown.push({ patientId, choice });
  }
  return { shown, more: charts.length - shown.length };
}

/** Whoever may be meant, the likeliest first, and the patient by whose link it came. */
async function patientsFor(unit: Unit, content: InboundContent): Promise<PatientChoice[]> {
  const said = saidOf(content);
  const linked = content.link && (await readReferral(unit, content.link.referralId));
  const ofLink = linked && (await unit.patientIdentities.get(linked.patientId));
  const like = await chartsLike(unit, said);
  const charts = ofLink && !like.some(({ patientId }) => patientId === ofLink.patientId) ? [...like, ofLink] : like;
  const match = matchAmong(said, charts);
  const shown = match.kind === 'accepted' ? [match.compared] : match.kind === 'review' ? match.candidates.slice(0, MOST_PATIENTS) : [];
  const choices: PatientChoice[] = [];
  for (const compared of shown) {
    const chart = charts.find(({ patientId }) => patientId === compared.patientId);
    if (!chart) continue;
    choices.push({
      name: nameOf(chart.identity),
      fields: fieldsOf(said, chart.identity, compared),
      against: compared.against.map((guard) => GUARDS[guard]),
      linked: linked?.patientId === compared.patientId,
      referrals: await choicesOf(unit, content, compared.patientId, charts),
    });
  }
  if (linked && !choices.some((choice) => choice.linked)) {
    const identity = ofLink?.identity;
    choices.push({
      name: identity ? nameOf(identity) : 'The patient of the link',
      fields: identity ? comparedFields(said, ofLink) : [],
      against: [],
      linked: true,
      referrals: await choicesOf(unit, content, linked.patientId, charts),
    });
  }
  return choices;
}

const isPdf = ({ type }: InboundContent): boolean => type === PDF_TYPE;

type Duties = { policy: SlaPolicy; staff: readonly StaffPerson[]; names: ReadonlyMap<string, string>; now: string };

async function heldOf(unit: Unit, document: StoredInbound, { policy, staff, names, now }: Duties): Promise<HeldDocument> {
  const content = inboundContentOf(document.content);
  const { owner, dueAt, isOverdue, escalatedTo } = heldNoteDuty(document, policy, staff, now);
  const named = (reached: Reached | null): string | null => reached && (names.get(reached.subject) ?? reached.subject);
  return {
    id: document.id,
    receivedAt: document.receivedAt,
    source: document.source,
    why: content.why ?? 'patient-uncertain',
    owner: named(owner),
    dueAt,
    isOverdue,
    escalatedTo: named(escalatedTo),
    ...readingOf(content, isPdf(content)),
    patients: await patientsFor(unit, content),
  };
}

/** How many are held, and whether the one that came first is overdue. */
export async function countHeld(unit: Unit, policy: SlaPolicy, now: string): Promise<{ count: number; isOverdue: boolean }> {
  const count = await unit.inboundDocuments.count('held');
  const [oldest] = count === 0 ? [] : await unit.inboundDocuments.open({ status: 'held', limit: 1 });
  return { count, isOverdue: oldest !== undefined && now > heldNoteDueAt(oldest.receivedAt, policy) };
}

export function createHeldDocumentService({ store }: { store: Store }): HeldDocumentService {
  const record = async (
    unit: Unit,
    session: Session,
    now: Date,
    action: `inbound.${string}`,
    about: { payload: object; referralId?: string; patientId?: string },
  ): Promise<void> => {
    await unit.audit.append({ at: now.toISOString(), actor: actorOf(session), action, purpose: 'TREAT', ...about });
  };

  const whileHeld = <Value>(
    session: Session,
    id: string,
    work: (unit: Unit, document: StoredInbound, content: InboundContent) => Promise<Value>,
  ) =>
    withRetry(() =>
      store.transaction(session.scope, async (unit): Promise<Value | Refusal> => {
        const document = await unit.inboundDocuments.take(id);
        if (document?.standing.status !== 'held') return notHeld();
        return work(unit, document, inboundContentOf(document.content));
      }),
    );

  return {
    list: (session, now) =>
      store.transaction(session.scope, async (unit) => {
        const stored = await unit.inboundDocuments.open({ status: 'held', limit: MOST });
        const at = now.toISOString();
        const duties: Duties = {
          policy: await policyIn(unit),
          staff: await staffIn(unit, at),
          names: namesOf(await unit.grants.list()),
          now: at,
        };
        const documents: HeldDocument[] = [];
        for (const document of stored) documents.push(await heldOf(unit, document, duties));
        await record(unit, session, now, 'inbound.listed', { payload: { documents: stored.map(({ id }) => id) } });
        return { documents, more: Math.max(0, (await unit.inboundDocuments.count('held')) - stored.length) };
      }),

    file: (session, id, now) =>
      whileHeld(session, id, async (unit, document, content): Promise<Uint8Array<ArrayBuffer> | Refusal> => {
        if (!isPdf(content)) return problem('not-found', 'It is no PDF. What was read of it is on the page.');
        const bytes = await unit.inboundDocuments.file(id);
        if (!bytes) return notHeld();
        await record(unit, session, now, 'inbound.read', { payload: { id, sha256: document.sha256 } });
        return bytes;
      }),

    find: (session, id, asked, now) =>
      whileHeld(session, id, async (unit, _document, content): Promise<FoundPatients | Refusal> => {
        const { shown, more } = await patientsBy(unit, content, asked);
        // Under each that was shown, so that who asks who saw a patient finds it.
        for (const { patientId, choice } of shown) {
          const referrals = choice.referrals.map(({ referralId }) => ({ referralId }));
          for (const of of referrals.length === 0 ? [{}] : referrals)
            await record(unit, session, now, 'inbound.searched', { patientId, ...of, payload: { id } });
        }
        return { patients: shown.map(({ choice }) => choice), more };
      }),

    place: (session, id, asked, now) =>
      whileHeld(session, id, async (unit, document, content): Promise<{ placed: true } | Refusal> => {
        const at = now.toISOString();
        const referral = await readReferral(unit, asked.referralId);
        if (!referral || referral.order.status !== 'active') {
          return problem('not-found', 'There is no order in force with this number. Nothing was placed. Reload the list.');
        }
        if (!(await placeDocument(unit, document, content, asked, personOf(session), at))) {
          throw new Refused(problem('not-found', 'Nobody was asked under this number. Nothing was placed. Reload the list.'));
        }
        const { referralId, attempt, form } = asked;
        await record(unit, session, now, 'inbound.placed', {
          referralId,
          patientId: referral.patientId,
          payload: { id, attempt, form, sha256: document.sha256 },
        });
        return { placed: true as const };
      }),

    setAside: (session, id, reason, now) =>
      whileHeld(session, id, async (unit, _document, content): Promise<{ setAside: true } | Refusal> => {
        const at = now.toISOString();
        await unit.inboundDocuments.settle(id, { status: 'set-aside', at }, { ...content, note: reason });
        await record(unit, session, now, 'inbound.set-aside', { payload: { id, reason } });
        return { setAside: true as const };
      }),
  };
}
