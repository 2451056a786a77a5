/**
 * The SMART App Launch code flow without a browser: what another app of the same EHR, or a script, would do. Tests use it to
 * change the chart behind the app's back and to read what the app wrote.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Bundle, DocumentReference, Provenance, Resource, ServiceRequest, Task } from '@medplum/fhirtypes';
import { EHR, type LaunchRequest, launch, REFLOOP } from './sandbox.ts';

export type TokenResponse = {
  access_token: string;
  id_token: string;
  scope: string;
  patient?: string;
  need_patient_banner?: boolean;
  fhirContext?: { reference: string }[];
};

export type Where = { ehr: string; refloop: string };
const HERE: Where = { ehr: EHR, refloop: REFLOOP };

export type Chart = {
  token: TokenResponse;
  /** A FHIR request with the clinician's token; `path` is relative to the FHIR base. */
  send(path: string, init?: { method?: string; body?: Resource; headers?: Record<string, string> }): Promise<Response>;
  read<Kind extends Resource>(path: string): Promise<Kind>;
  search<Kind extends Resource>(query: string): Promise<Kind[]>;
};

async function siteScopes({ refloop }: Where): Promise<string> {
  const { sites } = (await (await fetch(`${refloop}/sites`)).json()) as { sites: { scopes: string }[] };
  return sites[0]?.scopes ?? '';
}

/** The address the EHR's authorize endpoint sends the browser to. */
export async function authorize(handle: string, verifier: string, options: { scope?: string; where?: Where } = {}): Promise<URL> {
  const where = options.where ?? HERE;
  const parameters = new URLSearchParams({
    response_type: 'code',
    client_id: 'refloop',
    redirect_uri: `${where.refloop}/app`,
    scope: options.scope ?? (await siteScopes(where)),
    state: randomBytes(16).toString('hex'),
    aud: `${where.ehr}/fhir`,
    launch: handle,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const answer = await fetch(`${where.ehr}/auth/authorize?${parameters.toString()}`, { redirect: 'manual' });
  return new URL(answer.headers.get('location') ?? `about:no-redirect-${answer.status}`);
}

/** Launches and exchanges the code: the token response an app would get. */
export async function signInByScript(request: LaunchRequest, options: { scope?: string; where?: Where } = {}): Promise<TokenResponse> {
  const where = options.where ?? HERE;
  const verifier = randomBytes(48).toString('base64url');
  const { launch: handle } = await launch(request, where.ehr);
  const back = await authorize(handle, verifier, options);
  const answer = await fetch(`${where.ehr}/auth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code: back.searchParams.get('code') ?? '',
      redirect_uri: `${where.refloop}/app`,
      client_id: 'refloop',
      code_verifier: verifier,
    }),
  });
  if (!answer.ok) throw new Error(`The token endpoint answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as TokenResponse;
}

/** One patient's chart over FHIR, as the clinician sees it. */
export async function openChart(request: LaunchRequest, where: Where = HERE): Promise<Chart> {
  const token = await signInByScript(request, { where });
  const send: Chart['send'] = (path, { method = 'GET', body, headers } = {}) =>
    fetch(`${where.ehr}/fhir/${path}`, {
      method,
      headers: { authorization: `Bearer ${token.access_token}`, 'content-type': 'application/fhir+json', ...headers },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
  const json = async (path: string): Promise<unknown> => {
    const answer = await send(path);
    if (!answer.ok) throw new Error(`${path} was answered with ${answer.status}: ${await answer.text()}`);
    return answer.json();
  };
  return {
    token,
    send,
    read: async <Kind extends Resource>(path: string) => (await json(path)) as Kind,
    search: async <Kind extends Resource>(query: string) =>
      ((await json(query)) as Bundle).entry?.map(({ resource }) => resource as Kind) ?? [],
  };
}

/** LOINC 57133-1 "Referral note". */
export const REFERRAL_NOTE = 'http://loinc.org|57133-1';

export type Written = { orders: ServiceRequest[]; notes: DocumentReference[]; tasks: Task[]; provenance: Provenance[] };

/** What referrals left in a chart: active orders, referral notes, tasks, and provenance of the orders. */
export async function writtenTo(chart: Chart, patient: string): Promise<Written> {
  const orders = await chart.search<ServiceRequest>(`ServiceRequest?patient=${patient}&status=active&_count=100`);
  const targets = orders.map(({ id }) => `ServiceRequest/${id}`).join(',');
  return {
    orders,
    notes: await chart.search<DocumentReference>(
      `DocumentReference?patient=${patient}&type=${encodeURIComponent(REFERRAL_NOTE)}&_count=100`,
    ),
    tasks: await chart.search<Task>(`Task?patient=${patient}&_count=100`),
    provenance: targets === '' ? [] : await chart.search<Provenance>(`Provenance?target=${targets}&_count=100`),
  };
}

const dataOf = (note: DocumentReference | undefined, contentType: string): Buffer => {
  const found = note?.content.find(({ attachment }) => attachment.contentType?.startsWith(contentType));
  return Buffer.from(found?.attachment.data ?? '', 'base64');
};

/** The text of a note; empty where it has none. */
export const textOf = (note: DocumentReference | undefined): string => dataOf(note, 'text/plain').toString('utf8');

/** The PDF of a note; empty where it has none. */
export const pdfOf = (note: DocumentReference | undefined): Buffer => dataOf(note, 'application/pdf');
