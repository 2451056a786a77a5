/**
 * What a hook needs of the chart: what the EHR sent along first; what it did not, read once with the token it sent for this call, from
 * its own FHIR base and nowhere else, while there is time. Nothing is kept, and what is of another patient is not looked at.
 */
import { entriesOf } from '@refloop/domain/fhir/bundle';
import type { Resource } from '@refloop/domain/fhir/ehr-port';
import { isOf } from '@refloop/domain/fhir/patient-of';
import { parseReference } from '@refloop/domain/fhir/reference';
import type { HookCall } from '../client/cds-hooks.ts';
import { askEhr, type Fetch } from '../sessions/ehr-request.ts';

export type ChartData = {
  patient: () => Promise<Resource | undefined>;
  /** Empty where the chart has none; undefined where nobody said. */
  coverages: () => Promise<Resource[] | undefined>;
  /** Of this patient; undefined where it cannot be had. */
  order: (reference: string) => Promise<Resource | undefined>;
  /** Of whoever is to see the patient: it is nobody's chart. */
  performer: (reference: string) => Promise<Resource | undefined>;
  /** How many questions the EHR was asked. */
  asked: () => number;
  /** Whether something was not read for want of time. */
  ranOut: () => boolean;
};

type Deps = {
  fetch: Fetch;
  /** FHIR base of the registered site. */
  iss: string;
  patientId: string;
  call: HookCall;
  /** Milliseconds that are left. */
  left: () => number;
};

/** A timer may end a little before its time. */
const TIMER_SLACK_MS = 10;

const isResource = (value: unknown): value is Resource =>
  typeof value === 'object' && value !== null && typeof (value as { resourceType?: unknown }).resourceType === 'string';

export function openChartData({ fetch, iss, patientId, call, left }: Deps): ChartData {
  let count = 0;
  let late = false;
  const base = iss.replace(/\/$/, '');
  const ofPatient = (resource: Resource): boolean => isOf(resource, patientId, iss);

  async function read(path: string): Promise<Resource | undefined> {
    const accessToken = call.fhirAuthorization?.access_token;
    if (accessToken === undefined) return undefined;
    const timeoutMs = Math.floor(left());
    if (timeoutMs <= 0) {
      late = true;
      return undefined;
    }
    count += 1;
    const answer = await askEhr(fetch, `${base}/${path}`, { accessToken, tries: 1, timeoutMs });
    late ||= answer.kind === 'unreachable' && left() < TIMER_SLACK_MS;
    return answer.kind === 'answered' && answer.status === 200 && isResource(answer.json) ? answer.json : undefined;
  }

  /** Undefined where the EHR left the key out; null where it says there is nothing. */
  function sent(key: string): Resource | null | undefined {
    const value = call.prefetch?.[key];
    return isResource(value) ? value : value === null ? null : undefined;
  }

  async function named(key: string, reference: string): Promise<Resource | undefined> {
    const wanted = parseReference(reference);
    if (!wanted) return undefined;
    const fits = (found: Resource): boolean => found.resourceType === wanted.type && found.id === wanted.id;
    const prefetched = sent(key);
    if (prefetched && fits(prefetched)) return prefetched;
    const found = await read(`${wanted.type}/${wanted.id}`);
    return found && fits(found) ? found : undefined;
  }

  return {
    patient: async () => {
      const found = sent('patient') ?? (await read(`Patient/${patientId}`));
      return found?.resourceType === 'Patient' && found.id === patientId ? found : undefined;
    },
    coverages: async () => {
      const prefetched = sent('coverage');
      if (prefetched === null) return [];
      const found = prefetched ?? (await read(`Coverage?patient=${encodeURIComponent(patientId)}&status=active`));
      if (found?.resourceType === 'Coverage') return [found].filter(ofPatient);
      if (found?.resourceType !== 'Bundle') return undefined;
      return entriesOf(found).filter((each) => each.resourceType === 'Coverage' && ofPatient(each));
    },
    order: async (reference) => {
      const found = await named('order', reference);
      return found && ofPatient(found) ? found : undefined;
    },
    performer: (reference) => named('performer', reference),
    asked: () => count,
    ranOut: () => late,
  };
}
