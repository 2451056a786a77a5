/**
 * Files of one patient's chart, fetched by Refloop's own access: from below the EHR's FHIR base and nowhere else, each within a time and a size.
 * What an entry says of a file's address is data like any other: a token never follows it out of the EHR.
 */
import type { Resource } from '@refloop/domain/fhir/ehr-port';
import { isOf, patientIdOf } from '@refloop/domain/fhir/patient-of';
import { type FhirResource, type Json, list, object, text } from '@refloop/domain/fhir/read';
import { isFhirId, type ResourceRef, referenceText } from '@refloop/domain/fhir/reference';
import { LARGEST_FILE, type WhyNotEnclosed } from '@refloop/domain/packet/file';
import { ok, type Result, refuse } from '@refloop/domain/result';
import type { Fetch } from '../sessions/ehr-request.ts';
import { findSite, type Site } from '../sites.ts';
import type { Scope } from '../store/store.ts';
import { addressBelow } from './system-ehr.ts';
import type { SystemTokens } from './system-token.ts';

/** `security`: the labels of what it came in (Binary.meta.security). */
export type FetchedFile = { bytes: Uint8Array<ArrayBuffer>; security: readonly Json[] };

export type ChartFiles = {
  /** The entry as the EHR has it now, of this patient. */
  entry: (ref: ResourceRef) => Promise<Result<FhirResource, WhyNotEnclosed>>;
  /** @param address as the entry names it: below the FHIR base, or relative to it */
  file: (address: string) => Promise<Result<FetchedFile, WhyNotEnclosed>>;
};

/** `tries` of each read; `milliseconds` for all of it together. */
export type Patience = { tries: number; milliseconds: number };

/** Undefined where the site gives Refloop no access of its own to charts; refused where it is not let in now. */
export type OpenChartFiles = (
  scope: Scope,
  patientId: string,
  patience: Patience,
) => Promise<Result<ChartFiles, WhyNotEnclosed> | undefined>;

const READ_MS = 15_000;
const WORTH_A_RETRY = new Set([429, 502, 503, 504]);
/** A file in base64 (four characters for three bytes) with what stands around it. */
const LARGEST_ANSWER = Math.ceil((LARGEST_FILE * 4) / 3) + 256 * 1024;

async function bodyOf(response: Response): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > LARGEST_ANSWER) return undefined;
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

const whyOf = (status: number): WhyNotEnclosed =>
  status === 403 ? 'not-allowed' : status === 404 || status === 410 ? 'gone' : 'no-answer';

function jsonOf(bytes: Uint8Array): Json {
  try {
    return object(JSON.parse(Buffer.from(bytes).toString('utf8')));
  } catch {
    return {};
  }
}

type Answer = { contentType: string; bytes: Uint8Array<ArrayBuffer> };
type Ask = (url: string, accept: string) => Promise<Result<Answer, WhyNotEnclosed>>;

/** A file comes as it is, or as a Binary with its labels (FHIR R4, Binary, "Serving Binary Resources"); the latter is asked for first. */
const FILE_ACCEPTED = 'application/fhir+json, */*;q=0.1';

const filesBelow = (base: string, patientId: string, ask: Ask): ChartFiles => ({
  entry: async (ref) => {
    const url = isFhirId(ref.id) ? addressBelow(base, referenceText(ref)) : undefined;
    if (url === undefined) return refuse('elsewhere');
    const answer = await ask(url, 'application/fhir+json');
    if (!answer.ok) return answer;
    const resource = jsonOf(answer.value.bytes);
    const isIt = resource['resourceType'] === ref.type && resource['id'] === ref.id && isOf(resource as Resource, patientId, base);
    return isIt ? ok(resource as FhirResource) : refuse('gone');
  },
  file: async (address) => {
    const url = addressBelow(base, address);
    if (url === undefined) return refuse('elsewhere');
    const answer = await ask(url, FILE_ACCEPTED);
    if (!answer.ok) return answer;
    const { bytes, contentType } = answer.value;
    if (!contentType.includes('json')) return bytes.byteLength > LARGEST_FILE ? refuse('too-large') : ok({ bytes, security: [] });
    const binary = jsonOf(bytes);
    if (binary['resourceType'] !== 'Binary') return refuse('unknown-kind');
    const whose = text(object(binary['securityContext'])['reference']);
    if (/(?:^|\/)Patient\//.test(whose) && patientIdOf(whose, base) !== patientId) return refuse('gone');
    const { data } = binary;
    const inside = new Uint8Array(Buffer.from(typeof data === 'string' ? data : '', 'base64'));
    if (inside.byteLength > LARGEST_FILE) return refuse('too-large');
    return ok({ bytes: inside, security: list(object(binary['meta'])['security']) });
  },
});

export const chartFilesNow =
  (deps: { sites: readonly Site[]; tokens: SystemTokens; fetch: Fetch; pause: (milliseconds: number) => Promise<void> }): OpenChartFiles =>
  async ({ issuer }, patientId, { tries, milliseconds }) => {
    const site = findSite(deps.sites, issuer);
    if (!site?.system?.reads) return undefined;
    const token = await deps.tokens(site);
    if (!token.ok) return refuse('no-answer');
    const until = AbortSignal.timeout(milliseconds);
    const once = async (url: string, accept: string): Promise<Result<Answer, WhyNotEnclosed> | 'again'> => {
      try {
        const headers = { accept, authorization: `Bearer ${token.value.accessToken}` };
        const signal = AbortSignal.any([until, AbortSignal.timeout(READ_MS)]);
        const response = await deps.fetch(url, { method: 'GET', headers, redirect: 'error', signal });
        if (!response.ok) {
          void response.body?.cancel().catch(() => undefined);
          return WORTH_A_RETRY.has(response.status) ? 'again' : refuse(whyOf(response.status));
        }
        const bytes = await bodyOf(response);
        return bytes ? ok({ bytes, contentType: response.headers.get('content-type') ?? '' }) : refuse('too-large');
      } catch {
        return 'again';
      }
    };
    return ok(
      filesBelow(site.iss, patientId, async (url, accept) => {
        for (let attempt = 0; attempt < tries && !until.aborted; attempt += 1) {
          if (attempt > 0) await deps.pause(300 * 3 ** attempt * (0.8 + Math.random() * 0.4));
          const answer = await once(url, accept);
          if (answer !== 'again') return answer;
        }
        return refuse('no-answer');
      }),
    );
  };
