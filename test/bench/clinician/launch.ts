/** The SMART launch as a browser goes through it, by script: from the chart's launch address to an access token and what it is about. */
import { createHash, randomBytes } from 'node:crypto';
import type { ModeName } from '@refloop/launch/modes/modes';
import type { PublicSite } from '@refloop/server/client/session';
import { type LaunchContext, readLaunchContext } from '../../../smart-app/src/session/launch-context.ts';
import type { StepTimes } from './step-times.ts';

export type Places = { ehr: string; refloop: string };
export type LaunchRequest = { user: string; patient: string; order: string; mode: ModeName };
export type Launched = { accessToken: string; context: LaunchContext };

const json = { 'content-type': 'application/json' };

export class StepFailed extends Error {}

/** The kind of a problem without its reference, so that the same one is counted as the same. */
function kindOf(text: string): string {
  try {
    const { type, detail, error } = JSON.parse(text) as Record<string, unknown>;
    return [type ?? error, detail].filter((word) => typeof word === 'string').join(' ');
  } catch {
    return text.slice(0, 200);
  }
}

export async function good(what: string, answer: Response): Promise<unknown> {
  const text = await answer.text();
  if (!answer.ok) throw new StepFailed(`${what} was answered with ${answer.status}: ${kindOf(text)}`);
  return text === '' ? undefined : JSON.parse(text);
}

/** The EHR's own part, before any app is asked: what a press on "Refer" in the chart does. */
export async function pressRefer({ ehr }: Places, request: LaunchRequest): Promise<{ iss: string; launch: string; url: string }> {
  const answer = await fetch(`${ehr}/launches`, { method: 'POST', headers: json, body: JSON.stringify(request) });
  return (await good('POST /launches', answer)) as { iss: string; launch: string; url: string };
}

/** Asked by the launch page each time: which EHRs there are. */
export async function siteOf({ refloop }: Places, iss: string): Promise<PublicSite> {
  const { sites } = (await good('GET /sites', await fetch(`${refloop}/sites`))) as { sites: PublicSite[] };
  const site = sites.find((each) => each.iss === iss);
  if (!site) throw new StepFailed(`GET /sites does not know ${iss}`);
  return site;
}

/** Discovery, authorization with PKCE, and the exchange of the code (SMART App Launch 2.2, EHR launch). */
export async function signIn(places: Places, { iss, launch }: { iss: string; launch: string }, times: StepTimes): Promise<Launched> {
  const [site, discovery] = await Promise.all([
    times.time('GET /sites', () => siteOf(places, iss)),
    times.time('EHR: discovery', async () => good('GET smart-configuration', await fetch(`${iss}/.well-known/smart-configuration`))),
  ]);
  const { authorization_endpoint: authorize, token_endpoint: token } = discovery as Record<string, string>;
  const verifier = randomBytes(48).toString('base64url');
  const redirect = `${places.refloop}/app`;
  const state = randomBytes(32).toString('hex');
  const parameters = new URLSearchParams({
    response_type: 'code',
    client_id: site.clientId,
    redirect_uri: redirect,
    scope: site.scopes,
    state,
    aud: iss,
    launch,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const code = await times.time('EHR: authorize', async () => {
    const back = await fetch(`${authorize}?${parameters.toString()}`, { redirect: 'manual' });
    await back.body?.cancel();
    const returned = new URL(back.headers.get('location') ?? 'about:blank');
    const given = returned.searchParams.get('code');
    if (given === null || returned.searchParams.get('state') !== state)
      throw new StepFailed(`GET authorize was answered with ${back.status} and no code`);
    return given;
  });
  const form = { grant_type: 'authorization_code', code, redirect_uri: redirect, client_id: site.clientId, code_verifier: verifier };
  const answered = await times.time('EHR: token', async () =>
    good('POST token', await fetch(token ?? '', { method: 'POST', body: new URLSearchParams(form) })),
  );
  const tokens = answered as Record<string, unknown>;
  return { accessToken: String(tokens['access_token']), context: readLaunchContext(iss, state, tokens, site.scopes) };
}
