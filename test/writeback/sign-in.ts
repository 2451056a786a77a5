/** A launch from the chart to an access token and a session, by script: how a window comes to be. */
import { createHash, randomBytes } from 'node:crypto';
import type { FaultName } from '@refloop/launch/modes/faults';
import type { Role } from '@refloop/server/client/session';
import { digest, newToken } from '@refloop/server/sessions/token';
import { DEFAULT_SCOPES } from '@refloop/server/sites';
import { NAMES, type Person, type World } from './world.ts';

export type Access = {
  person: Person;
  iss: string;
  /** Names the launch where its faults are changed. */
  launch: string;
  accessToken: string;
  scopes: string[];
  /** Refloop's session. */
  session: string;
};

const json = { 'content-type': 'application/json' };

async function good(what: string, answer: Response): Promise<Record<string, unknown>> {
  if (!answer.ok) throw new Error(`${what} was answered with ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as Record<string, unknown>;
}

/** What goes wrong in a launch from now on. */
export async function setFaults(world: World, launch: string, faults: readonly FaultName[]): Promise<void> {
  await good(
    'PUT /launches',
    await fetch(`${world.lane.ehr}/launches/${launch}`, { method: 'PUT', headers: json, body: JSON.stringify({ faults }) }),
  );
}

/** A session as `POST /sessions` opens it once the EHR has proven who asks and about whom. */
export async function openSession(world: World, person: Person, options: { patientId: string | null; roles?: Role[] }): Promise<string> {
  const token = newToken();
  const now = world.lane.now();
  const at = now.toISOString();
  await world.lane.inStore(world.scope, async (unit) => {
    if (options.roles) {
      const grant = { subject: person, fhirUser: `Practitioner/${person}`, name: NAMES[person], roles: options.roles };
      await unit.grants.put({ ...grant, grantedBy: 'campaign', grantedAt: at, reason: 'The run' });
    }
    await unit.sessions.insert({
      tokenHash: digest(token),
      subject: person,
      fhirUser: `Practitioner/${person}`,
      name: NAMES[person],
      patientId: options.patientId,
      startedAt: at,
      lastActivity: at,
      expiresAt: new Date(now.getTime() + 3_600_000).toISOString(),
    });
  });
  return token;
}

export async function signIn(world: World, person: Person): Promise<Access> {
  const { lane, patient, choices, iss } = world;
  const request = {
    user: person,
    patient: patient.id,
    mode: choices.mode,
    faults: world.traits,
    ...(patient.order ? { order: patient.order.id } : {}),
  };
  const launched = await good(
    'POST /launches',
    await fetch(`${lane.ehr}/launches`, { method: 'POST', headers: json, body: JSON.stringify(request) }),
  );
  const launch = String(launched['launch']);
  world.launches.push(launch);
  const verifier = randomBytes(48).toString('base64url');
  const redirect = `${lane.refloop}/app`;
  const parameters = new URLSearchParams({
    response_type: 'code',
    client_id: 'refloop',
    redirect_uri: redirect,
    scope: DEFAULT_SCOPES,
    state: randomBytes(16).toString('hex'),
    aud: iss,
    launch,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const auth = `${iss.replace(/\/fhir$/, '')}/auth`;
  const back = await fetch(`${auth}/authorize?${parameters.toString()}`, { redirect: 'manual' });
  const code = new URL(back.headers.get('location') ?? 'about:blank').searchParams.get('code');
  if (code === null) throw new Error(`No code: ${back.status} ${back.headers.get('location') ?? ''}`);
  const form = { grant_type: 'authorization_code', code, redirect_uri: redirect, client_id: 'refloop', code_verifier: verifier };
  const token = await good('POST /auth/token', await fetch(`${auth}/token`, { method: 'POST', body: new URLSearchParams(form) }));
  const session = await openSession(world, person, { patientId: patient.id });
  return { person, iss, launch, accessToken: String(token['access_token']), scopes: String(token['scope']).split(' '), session };
}
