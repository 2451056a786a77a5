/** The packet of a referral as it stands now: what was approved, with what of the chart goes along, and what the practice made of it. */
import { createHash } from 'node:crypto';
import type { Chart } from '@refloop/domain/chart/chart';
import { readChart } from '@refloop/domain/chart/read-chart';
import { UNCONFIGURED } from '@refloop/domain/configuration/configuration';
import { type FhirResource, list, object, text } from '@refloop/domain/fhir/read';
import { referenceText } from '@refloop/domain/fhir/reference';
import { dayOf, type Instant } from '@refloop/domain/instant';
import { type AuthorizationWord, authorizationWord } from '@refloop/domain/packet/authorization-word';
import { consentedLabels } from '@refloop/domain/packet/consent';
import type { PacketItem } from '@refloop/domain/packet/contents';
import type { EnclosedFile, NotEnclosed } from '@refloop/domain/packet/file';
import { checklistSince } from '@refloop/domain/packet/look-again';
import {
  type Hold,
  holdsOf,
  missingOf,
  type Preparation,
  type Requirement,
  requirementsOf,
  UNPREPARED,
} from '@refloop/domain/packet/readiness';
import { TOOTH_SYSTEM, teethIn } from '@refloop/domain/packet/tooth';
import { type PacketVariant, spanWords, variantOf } from '@refloop/domain/packet/variant';
import type { Attempt } from '@refloop/domain/referral/attempt';
import type { AuthorizationDecision } from '@refloop/domain/referral/care-event';
import type { Actor, ReferralFact } from '@refloop/domain/referral/event';
import type { Referral } from '@refloop/domain/referral/referral';
import { readFact } from '@refloop/domain/referral/upcast';
import { levelFor } from '@refloop/domain/sla/policy';
import { addressedTo, type SpecialistPractice } from '../packet/addressed-to.ts';
import { type Packet, patientOf, personOf } from '../packet/packet.ts';
import type { SentPacket } from '../packet/packet-ccda.ts';
import type { Unit } from '../store/store.ts';
import { authorizationWords, type DecisionOnRecord } from './authorization-words.ts';
import { withFound } from './chart-again/chart-found.ts';
import { chartAsOf, contentsAsOf, type KeptInput, resourcesKept } from './chart-kept.ts';
import { letterheadOf, practiceBy } from './configuration-in-force.ts';
import { policyIn } from './engine/policy-in-force.ts';
import { keptOf } from './kept.ts';
import { matchedCoverage } from './matched-coverage.ts';
import { type GatheredFiles, withEntries } from './packet-files.ts';
import { payerOf } from './setting.ts';
import { namesOf } from './staff-names.ts';

export type AssembledPacket = {
  attempt: Attempt;
  packet: SentPacket;
  /** With those that were taken out. */
  items: readonly PacketItem[];
  requirements: readonly Requirement[];
  variant: PacketVariant | undefined;
  withheld: number;
  /** What it is put together of: the chart as it was kept, with what has been found since; when it was kept; and by which consents it is read. */
  read: { input: KeptInput; at: Instant; consented: ReadonlySet<string> };
  authorization: AuthorizationWord;
  /** Who pays, by name; null where it is not known. */
  payer: string | null;
  preparation: Preparation;
  revision: number;
  /** The packet in one word, the same for the same packet. */
  readonly contents: string;
  holds: readonly Hold[];
};

export type AssemblyDeps = {
  practiceOf: (entryId: string) => SpecialistPractice | undefined;
  /** Where the practice of this scope is called back; empty where its site entry says nothing. */
  phoneOf: (unit: Unit) => string;
};

/** The order's own body sites by number, else the teeth its reason names. */
function teethOf(order: Readonly<Record<string, unknown>> | null, words: string): string[] {
  const coded = list(order?.['bodySite'])
    .flatMap((site) => list(site['coding']))
    .filter((coding) => text(coding['system']) === TOOTH_SYSTEM)
    .map((coding) => text(coding['code']));
  return coded.length > 0 ? coded : [...teethIn(words)];
}

/**
 * Undefined where nobody is asked, or what was approved is not kept: referrals that came without a chart have no packet.
 *
 * @param consents of the patient as they are now (consents-at-sending.ts); those that came with the chart count for nothing
 * @param files fetched before, for whoever looks at the packet or sends it, with their entries as the chart has them now, by which it is read; without
 *   them items go by their titles
 */
export async function assemblePacket(
  unit: Unit,
  referral: Referral,
  { practiceOf, phoneOf }: AssemblyDeps,
  now: Date,
  consents: readonly FhirResource[],
  files?: GatheredFiles,
): Promise<AssembledPacket | undefined> {
  const { order, patientId, id } = referral;
  const attempt = referral.attempts.at(-1);
  if (order.status === 'draft' || !attempt) return undefined;
  const { recommendationId } = order.approval;
  const approval = await unit.approvals.byRecommendation(recommendationId);
  const stored = await unit.recommendations.get(recommendationId);
  const { packet: base, notNeeded = [] } = (approval?.content ?? {}) as { packet?: Packet; notNeeded?: string[] };
  if (!base || !stored) return undefined;
  const kept = keptOf(stored);
  const input = await withFound(unit, kept.input, referral);
  const { request, chart: resources, order: launched, notSeen } = input;
  const today = dayOf(now.toISOString());
  const all = resourcesKept(input);
  const consented = consentedLabels(consents, { patientId, recipientNpi: attempt.performer.npi, today });
  const chartFor = (labels: ReadonlySet<string>): Chart => {
    const of = { patientId, today, consented: labels };
    return files?.entries.size ? readChart(withEntries(all, files.entries), of) : chartAsOf(input, of);
  };
  const chart = chartFor(consented);
  const variant = variantOf(referral);
  const found = await unit.packetPreparations.get(id, attempt.number);
  const preparation = { ...UNPREPARED, ...found?.content };
  const items = datedSince(contentsAsOf(chart, { specialty: referral.specialty, variant, today }), referral);
  const going = items.filter((item) => !preparation.removed.includes(item.id));
  const ofItem = new Map(items.map((item) => [item.id, item]));
  /** What the chart has not any more, or withholds now, is taken out like what somebody took out. */
  const removed = [...preparation.removed, ...[...(files?.entries.keys() ?? [])].filter((item) => !ofItem.has(item))];
  const teeth = preparation.teeth.length > 0 ? [...preparation.teeth] : teethOf(launched, `${request.reasonText} ${request.question}`);
  const inForce = await unit.configurations.inForce();
  const configuration = inForce?.configuration ?? UNCONFIGURED;
  const practice = practiceBy(configuration, unit, phoneOf(unit));
  const callback = preparation.callback || practice.phone;
  const patient = object(all.find(({ resourceType, id: own }) => resourceType === 'Patient' && own === patientId));
  const person = personOf(patient);
  const withheldFrom = ({ withheld: marked }: typeof chart): number => marked.filter(({ why }) => why !== 'entered-in-error').length;
  const withheld = withheldFrom(chart);
  const { coverage } = request.match;
  const payer = payerOf(coverage, resources);
  const authorization = authorizationWord({
    authorization: referral.authorization,
    coverage: coverage && { payer, id: matchedCoverage(coverage, resources, launched, today)?.id ?? null },
    specialty: referral.specialty,
    order: launched,
    rules: {
      version: configuration.version,
      on: dayOf(inForce?.madeAt ?? now.toISOString()),
      noAuthorization: configuration.noAuthorization ?? [],
    },
    without: preparation.withoutAuthorization ?? null,
    isRerouted: attempt.performer.npi !== referral.attempts[0]?.performer.npi,
    today,
  });
  const requirements = requirementsOf({
    chart,
    items: going,
    removed,
    variant,
    checklist: referral.chartFound.length === 0 ? kept.draft.checklist : checklistSince(kept.draft.checklist, chart, referral.specialty),
    notNeeded,
    notSeen,
    patient: {
      name: person.family,
      born: text(patient['birthDate']),
      reachable: list(patient['telecom']).some(({ system }) => system === 'phone') || person.line.length > 0,
    },
    reasonCodes: request.reasonCodes.map(({ system, code }) => ({ system, code })),
    question: request.question,
    insured: coverage !== null,
    authorization,
    callback,
    teeth,
    ...(files ? { notEnclosed: files.notEnclosed.map(({ item }) => item) } : {}),
    today,
  });
  const goingIds = new Set(going.map(({ id: item }) => item));
  /** Of what goes, as it is called now. */
  const ofGoing = <File extends NotEnclosed | EnclosedFile>(each: readonly File[]): File[] =>
    each.flatMap((file) => {
      const item = goingIds.has(file.item) ? ofItem.get(file.item) : undefined;
      return item ? [{ ...file, title: item.title, date: item.date }] : [];
    });
  const enclosed = ofGoing(files?.enclosed ?? []);
  const holdsByConsent =
    consented.size > 0 && (withheld < withheldFrom(chartFor(new Set())) || enclosed.some(({ item }) => files?.byConsent.has(item)));
  const letterhead = letterheadOf(configuration, { ...practice, phone: callback });
  const packet: SentPacket = {
    ...addressedTo(base, attempt.performer, practiceOf(attempt.performer.entryId)),
    patient: reachedAt(base.patient, patient, referral),
    referring: { ...base.referring, practice: configuration.practice.name ?? base.referring.practice },
    ...(letterhead ? { letterhead } : {}),
    chart: {
      madeAt: now.toISOString(),
      person,
      reasonCodes: request.reasonCodes.map(({ system, code, display }) => ({
        system,
        code,
        ...(display === undefined ? {} : { display }),
      })),
      variant: variant?.label ?? null,
      answerWithin: variant ? spanWords(levelFor(await policyIn(unit), 'answer', referral).within[referral.urgency]) : null,
      items: [...going],
      teeth,
      authorization: await wordsOf(unit, referral, authorization),
      callback,
      // What has a title and no file is told with the files.
      lacking: missingOf(requirements).flatMap(({ label, withoutFile }) => (withoutFile ? [] : [label])),
      withheld: withheld > 0,
      consented: holdsByConsent ? [...consented].toSorted() : [],
      ...(files ? { files: { enclosed, notEnclosed: ofGoing(files.notEnclosed) } } : {}),
    },
  };
  // Made when somebody asks: only a packet that has to be looked through before it goes is told by it.
  let digest: string | undefined;
  const contents = (): string => (digest ??= digestOf(packet));
  const about = {
    requirements,
    authorization,
    variant,
    withheld: withheld > 0,
    files: enclosed,
    get contents() {
      return contents();
    },
  };
  return {
    attempt,
    packet,
    items,
    requirements,
    variant,
    withheld,
    read: { input, at: stored.madeAt, consented },
    authorization,
    payer,
    preparation,
    revision: found?.revision ?? 0,
    get contents() {
      return contents();
    },
    holds: holdsOf(referral, about, preparation),
  };
}

/** What the note could not rest on says since when the chart is known to have it. */
function datedSince(items: readonly PacketItem[], { chartFound }: Referral): readonly PacketItem[] {
  if (chartFound.length === 0) return items;
  const since = new Map(chartFound.flatMap(({ refs, at }) => refs.map((ref) => [referenceText(ref), dayOf(at)] as const)));
  return items.map((item) => {
    const foundOn = since.get(item.id);
    return foundOn === undefined ? item : { ...item, foundOn };
  });
}

/** Who the patient is stays as it was signed; how they are reached is as the chart has it once it was looked for. */
function reachedAt(signed: Packet['patient'], patient: Parameters<typeof patientOf>[0], { chartFound }: Referral): Packet['patient'] {
  if (!chartFound.some(({ refs }) => refs.some(({ type }) => type === 'Patient'))) return signed;
  const { phone, address } = patientOf(patient);
  return { ...signed, phone, address };
}

/** For whoever asks where the payer's authorization stands: neither the office's address, nor the practice's number, nor a consent decides that. */
export const assembledForItsWord = (unit: Unit, referral: Referral, now: Date): Promise<AssembledPacket | undefined> =>
  assemblePacket(unit, referral, { practiceOf: () => undefined, phoneOf: () => '' }, now, []);

/** Where an approval stands of whoever is asked now, the one that names them: another may have been said of somebody else since. */
async function lastDecision(unit: Unit, { id, authorization, payerApprovals, attempts }: Referral): Promise<DecisionOnRecord | undefined> {
  const npi = attempts.at(-1)?.performer.npi;
  const own = authorization.status === 'approved' ? payerApprovals.find((each) => each.npi === npi) : undefined;
  const stored = (await unit.events.read(id)).findLast(({ type, sequence }) =>
    own ? sequence === own.sequence : type === 'authorization-decided',
  );
  const fact = stored && readFact(stored.type, stored.version, stored.data as Record<string, unknown>);
  const decision = fact && decisionIn(fact);
  if (!stored || !decision) return undefined;
  const { actor, effectiveAt, recordedAt } = stored;
  return { decision, actor: actor as unknown as Actor, at: effectiveAt ?? recordedAt };
}

function decisionIn(fact: ReferralFact): AuthorizationDecision | undefined {
  if (fact.type === 'authorization-for-another') return { status: 'approved', number: fact.number };
  return fact.type === 'authorization-decided' ? fact.decision : undefined;
}

async function wordsOf(unit: Unit, referral: Referral, word: AuthorizationWord): Promise<string> {
  const names = namesOf(await unit.grants.list());
  const said = word.kind === 'on-record' ? await lastDecision(unit, referral) : undefined;
  return authorizationWords(word, said, (subject) => names.get(subject) ?? subject);
}

/** Of what goes, whenever it is put together. What the payer says is told with the sending, when it was looked through already. */
function digestOf({ letterhead: _looks, ...packet }: SentPacket): string {
  // Whether its files could be fetched changes by the minute: which of them were seen is told beside it (`Preparation.checked`).
  const { consented, files: _fetched, ...chart } = packet.chart;
  // That it was not checked stood in most that were looked through before. One that holds nothing by a consent is the same as it was before packets said so: what somebody has looked through stays looked through.
  const byConsent = consented?.length ? { consented } : {};
  return createHash('sha256')
    .update(JSON.stringify({ ...packet, chart: { ...chart, madeAt: '', authorization: 'not checked', ...byConsent } }))
    .digest('hex');
}
