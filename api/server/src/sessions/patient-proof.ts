/**
 * An id_token names no patient: the EHR is asked once, with the access token that is handed over for this and kept nowhere.
 * Introspection where it is offered and names the patient (RFC 7662, SMART App Launch 2.2), else the read of the patient.
 */
import { isFhirId } from '@refloop/domain/fhir/reference';
import { z } from 'zod';
import { problem, type Refusal } from '../problem.ts';
import type { Site } from '../sites.ts';
import type { Discovered } from './discovery.ts';
import { askEhr, type Fetch } from './ehr-request.ts';

export type Asked = { fetch: Fetch; site: Site; discovered: Discovered; accessToken: string };

const Introspection = z.object({
  active: z.boolean(),
  patient: z.string().optional(),
  client_id: z.string().optional(),
  sub: z.string().optional(),
});

const notProven = (detail: string): Refusal =>
  problem('patient-not-proven', `${detail} Open Refloop from the patient’s chart again.`, [
    { field: 'patient', message: 'Not confirmed by the EHR', fix: 'Send the patient of the same token response as the access token.' },
  ]);

const resourceUrl = (site: Site, reference: string): string => `${site.iss.replace(/\/$/, '')}/${reference}`;

/** What introspection proves: the patient, a refusal, or nothing (not offered, not allowed to us, silent on the patient). */
async function introspect(asked: Asked, subject: string, patientId: string): Promise<'proven' | 'silent' | Refusal> {
  const endpoint = asked.discovered.introspectionEndpoint;
  if (endpoint === undefined) return 'silent';
  const { accessToken, site } = asked;
  const answer = await askEhr(asked.fetch, endpoint, { accessToken, form: { token: accessToken, client_id: site.clientId } });
  if (answer.kind === 'unreachable' || answer.status !== 200) return 'silent';
  const parsed = Introspection.safeParse(answer.json);
  if (!parsed.success) return 'silent';
  const { active, patient, client_id: clientId, sub } = parsed.data;
  // An EHR says the same of an ended access and of any access to those it does not answer (RFC 7662 §2.2): the read decides.
  if (!active) return 'silent';
  if (clientId !== undefined && clientId !== site.clientId) return notProven('The access was given to another app.');
  if (sub !== undefined && sub !== subject) return notProven('The access was given to another person than the one signed in.');
  if (patient === undefined) return 'silent';
  return patient === patientId ? 'proven' : notProven('The access was given for another patient.');
}

async function readPatient(asked: Asked, patientId: string): Promise<Refusal | undefined> {
  const answer = await askEhr(asked.fetch, resourceUrl(asked.site, `Patient/${patientId}`), { accessToken: asked.accessToken });
  if (answer.kind === 'unreachable') {
    return problem(
      'ehr-unreachable',
      `${asked.site.name} cannot be asked about the patient just now: ${answer.why}. Wait a minute and try again.`,
    );
  }
  const found = z.object({ resourceType: z.literal('Patient'), id: z.literal(patientId) }).safeParse(answer.json);
  return answer.status === 200 && found.success ? undefined : notProven('The access does not reach this patient.');
}

/** Undefined where the EHR confirms that this access is for this patient. */
export async function refuseUnprovenPatient(asked: Asked, subject: string, patientId: string): Promise<Refusal | undefined> {
  if (!isFhirId(patientId)) return notProven('This is no id of a patient.');
  const said = await introspect(asked, subject, patientId);
  if (said === 'proven') return undefined;
  return said === 'silent' ? readPatient(asked, patientId) : said;
}

const HumanName = z.object({
  text: z.string().optional(),
  family: z.string().optional(),
  given: z.array(z.string()).optional(),
  prefix: z.array(z.string()).optional(),
  suffix: z.array(z.string()).optional(),
});
const Named = z.object({
  name: z.array(HumanName).optional(),
  practitioner: z.object({ display: z.string().optional() }).optional(),
});

/** The signed-in person's name as the EHR has it, or undefined where it cannot be read. */
export async function readUserName(asked: Asked, fhirUser: string): Promise<string | undefined> {
  const answer = await askEhr(asked.fetch, resourceUrl(asked.site, fhirUser), { accessToken: asked.accessToken });
  if (answer.kind === 'unreachable' || answer.status !== 200) return undefined;
  const parsed = Named.safeParse(answer.json);
  if (!parsed.success) return undefined;
  const [name] = parsed.data.name ?? [];
  if (!name) return parsed.data.practitioner?.display;
  const parts = [...(name.prefix ?? []), ...(name.given ?? []), name.family ?? '', ...(name.suffix ?? [])];
  return name.text ?? (parts.filter((part) => part !== '').join(' ') || undefined);
}
