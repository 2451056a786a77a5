/** Reading the address of an EHR launch. fhirclient lets the query string override its options, so it never sees it. */
import { ok, type Result, refuse } from '@refloop/domain/result';
import type { PublicSite } from '@refloop/server/client/session';
import type { Failure } from './failure.ts';

/** Query names by which fhirclient could be sent to another server, patient or client (standards: pitfall 4). */
const OVERRIDES = ['fhirServiceUrl', 'patientId', 'clientId'] as const;

export type LaunchRequest = { site: PublicSite; launch: string };

/**
 * @param search `location.search` of the launch page
 * @param sites the EHRs this server lists; `iss` is compared exactly, a trailing slash makes it another EHR
 */
export function readLaunchUrl(search: string, sites: readonly PublicSite[]): Result<LaunchRequest, Failure> {
  const parameters = new URLSearchParams(search);
  for (const name of OVERRIDES) {
    if (parameters.has(name)) return refuse({ kind: 'launch-parameter-refused', parameter: name });
  }
  for (const name of ['iss', 'launch']) {
    if (parameters.getAll(name).length > 1) return refuse({ kind: 'launch-parameter-refused', parameter: `${name} twice` });
  }
  const iss = parameters.get('iss');
  const launch = parameters.get('launch');
  const missing = [...(iss ? [] : ['which EHR it came from (iss)']), ...(launch ? [] : ['which launch it is (launch)'])];
  if (!iss || !launch) return refuse({ kind: 'launch-parameters-missing', missing });
  const site = sites.find((each) => each.iss === iss);
  return site ? ok({ site, launch }) : refuse({ kind: 'iss-not-allowed', iss });
}

/** What the EHR sent back to the redirect address; `state` names the launch it answers. */
export type RedirectAnswer =
  | { kind: 'code'; state: string; code: string }
  | { kind: 'error'; error: string; description: string }
  | { kind: 'none' };

export function readRedirectUrl(search: string): RedirectAnswer {
  const parameters = new URLSearchParams(search);
  const error = parameters.get('error');
  if (error) return { kind: 'error', error, description: parameters.get('error_description') ?? '' };
  const state = parameters.get('state');
  const code = parameters.get('code');
  return state && code ? { kind: 'code', state, code } : { kind: 'none' };
}
