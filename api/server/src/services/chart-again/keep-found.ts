/** What a packet lacks, judged and kept: which of what was read of the chart answers it, and nothing besides. */
import { createHash } from 'node:crypto';
import { readChart } from '@refloop/domain/chart/read-chart';
import { type FhirResource, list } from '@refloop/domain/fhir/read';
import { referenceText } from '@refloop/domain/fhir/reference';
import { type Day, dayOf } from '@refloop/domain/instant';
import { type FoundItem, foundIn, type Sought, soughtFor } from '@refloop/domain/packet/look-again';
import { missingOf } from '@refloop/domain/packet/readiness';
import type { Actor } from '@refloop/domain/referral/event';
import type { Referral } from '@refloop/domain/referral/referral';
import { ok } from '@refloop/domain/result';
import { personOf } from '../../packet/packet.ts';
import type { Unit } from '../../store/store.ts';
import { resourcesKept } from '../chart-kept.ts';
import { toJson } from '../kept.ts';
import { keepLacking } from '../lacking-kept.ts';
import { type AssembledPacket, type AssemblyDeps, assemblePacket } from '../packet-assembly.ts';
import { applyDecision, readReferral } from '../referral-log.ts';

export type Lacks = { referral: Referral; assembled: AssembledPacket; sought: readonly Sought[]; since: Day };

/** The chart may have been open for a while when the note was made of it, and the EHR has a clock of its own. */
const DAY_MS = 86_400_000;

/** Whoever reads the chart for it: the office's address and the practice's number decide nothing of that. */
const NOBODY: AssemblyDeps = { practiceOf: () => undefined, phoneOf: () => '' };

/**
 * What is to be looked for; undefined where there is no packet, or its order is not in force.
 * @param consents of the patient as they are now: what needs one that is not given is not found
 */
export async function lacksNow(unit: Unit, referralId: string, now: Date, consents: readonly FhirResource[]): Promise<Lacks | undefined> {
  const referral = await readReferral(unit, referralId);
  if (referral?.order.status !== 'active') return undefined;
  const assembled = await assemblePacket(unit, referral, NOBODY, now, consents);
  if (!assembled) return undefined;
  const { variant, read } = assembled;
  const sought = soughtFor(missingOf(assembled.requirements), { specialty: referral.specialty, variant });
  return { referral, assembled, sought, since: dayOf(new Date(Date.parse(read.at) - DAY_MS).toISOString()) };
}

const isReachable = (patient: FhirResource | undefined): boolean =>
  patient !== undefined && (list(patient['telecom']).some(({ system }) => system === 'phone') || personOf(patient).line.length > 0);

export type Finding = {
  actor: Actor;
  /** What was read, of this patient; what of it answers nothing is not kept. */
  resources: readonly FhirResource[];
  consents: readonly FhirResource[];
  now: Date;
  newId: () => string;
};

/** In one transaction with its event, so that the lists know of it at once. Two that find the same keep it once. */
export async function keepFound(
  unit: Unit,
  referralId: string,
  { actor, resources, consents, now, newId }: Finding,
): Promise<readonly FoundItem[]> {
  await unit.events.hold(referralId);
  const lacks = await lacksNow(unit, referralId, now, consents);
  if (!lacks || lacks.sought.length === 0) return [];
  const { referral, assembled, sought } = lacks;
  const { patientId, specialty } = referral;
  const today = dayOf(now.toISOString());
  const kept = resourcesKept(assembled.read.input);
  const fresh = new Map(resources.map((resource) => [`${resource.resourceType}/${String(resource.id)}`, resource]));
  const chart = readChart([...kept.filter((each) => !fresh.has(`${each.resourceType}/${String(each.id)}`)), ...fresh.values()], {
    patientId,
    today,
    consented: assembled.read.consented,
  });
  const found = foundIn(sought, {
    chart,
    read: new Set(fresh.keys()),
    reachable: isReachable(fresh.get(`Patient/${patientId}`)),
    specialty,
    variant: assembled.variant,
    today,
  });
  if (found.length === 0) return [];
  const at = now.toISOString();
  const document = `chart-${newId()}`;
  const answering = new Set(found.flatMap(({ refs }) => refs.map(referenceText)));
  const bytes = new TextEncoder().encode(
    JSON.stringify(toJson({ resources: [...fresh].flatMap(([name, resource]) => (answering.has(name) ? [resource] : [])) })),
  );
  await unit.documents.insert({
    id: document,
    referralId,
    contentType: 'application/json',
    sha256: createHash('sha256').update(bytes).digest('hex'),
    receivedAt: at,
    bytes,
  });
  await applyDecision(unit, referralId, actor, at, () =>
    ok([
      { effectiveAt: at, factKey: null, fact: { type: 'chart-found', version: 1, document, items: found.map((each) => ({ ...each })) } },
    ]),
  );
  await keepLacking(unit, referralId, at);
  return found;
}
