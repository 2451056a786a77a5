/** The apps this EHR knows. Redirect URIs, scopes and origins are what was registered, compared exactly. */
import type { ClientKeys } from './client-keys.ts';
import { sameSecret } from './secrets.ts';

export type RegisteredClient = {
  clientId: string;
  name: string;
  /** A browser app has no secret; a server has one and sends it by HTTP Basic, or signs with a key of its own. */
  authentication: { kind: 'public' } | { kind: 'symmetric'; secret: string } | { kind: 'asymmetric'; keys: ClientKeys };
  redirectUris: string[];
  /** Where the EHR opens the app; absent for an app that only launches by itself. */
  launchUrl?: string;
  /** The most it may be granted, as a space-separated list. */
  scopes: string;
};

/**
 * What a referral app needs of a chart, and no more (least privilege). Written: the order, its note, its work and where
 * they came from. Read: what a referral letter and a match are made of.
 */
export const REFERRAL_SCOPES = [
  'openid fhirUser launch launch/patient launch/encounter launch/servicerequest online_access offline_access',
  'patient/Patient.r patient/Coverage.rs patient/ServiceRequest.crus patient/Condition.rs patient/Encounter.rs',
  'patient/DocumentReference.crus patient/Task.crus patient/Appointment.rs patient/Provenance.crs',
  'patient/MedicationRequest.rs patient/AllergyIntolerance.rs patient/Observation.rs patient/DiagnosticReport.rs',
  'patient/Procedure.rs patient/RelatedPerson.rs patient/Communication.crs patient/Immunization.rs patient/CareTeam.rs patient/Binary.r',
  'user/Location.rs user/Practitioner.rs user/PractitionerRole.rs user/Organization.rs',
].join(' ');

/** Refloop's own registration: a public client at the given origin, such as http://127.0.0.1:4020. */
export const refloopClient = (origin: string): RegisteredClient & { launchUrl: string } => ({
  clientId: 'refloop',
  name: 'Refloop',
  authentication: { kind: 'public' },
  redirectUris: [`${origin}/app`],
  launchUrl: `${origin}/launch`,
  scopes: REFERRAL_SCOPES,
});

/** What Refloop needs to look up what came of an approval and to complete it, when no clinician's token is there any more. */
export const SYSTEM_SCOPES = [
  'system/Patient.rs system/ServiceRequest.crus system/DocumentReference.crus system/Task.crus system/Provenance.crs',
  'system/Practitioner.rs system/Binary.r system/Communication.crs system/Subscription.cru system/Consent.rs',
].join(' ');

/** What Refloop needs to look in a chart for what a packet lacks. */
const READING_SCOPES = [
  'system/Condition.rs system/MedicationRequest.rs system/AllergyIntolerance.rs system/Observation.rs system/DiagnosticReport.rs',
  'system/Procedure.rs',
].join(' ');

/** What a Bulk export is of, which Refloop measures referrals by. */
export const EXPORT_SCOPES = [
  'ServiceRequest Task Appointment Encounter Procedure DocumentReference DiagnosticReport Coverage Claim ExplanationOfBenefit',
  'Patient Practitioner PractitionerRole Organization Location',
]
  .join(' ')
  .split(' ')
  .map((type) => `system/${type}.rs`)
  .join(' ');

/** Refloop's server as a backend service, with the keys that it publishes at the same origin. */
export const refloopSystemClient = (origin: string): RegisteredClient => ({
  clientId: 'refloop-system',
  name: 'Refloop background service',
  authentication: { kind: 'asymmetric', keys: { kind: 'uri', uri: `${origin}/.well-known/jwks.json` } },
  redirectUris: [],
  scopes: `${SYSTEM_SCOPES} ${READING_SCOPES} ${EXPORT_SCOPES}`,
});

/** The origins whose pages may read this server's answers: those of the registered redirect URIs. */
export const registeredOrigins = (clients: RegisteredClient[]): string[] => [
  ...new Set(clients.flatMap((client) => client.redirectUris.map((uri) => new URL(uri).origin))),
];

export type ClientAuthentication =
  | { kind: 'client'; client: RegisteredClient; method: 'none' | 'client_secret_basic' | 'private_key_jwt' }
  | { kind: 'refused'; description: string };

const formDecoded = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '));

/** RFC 6749 §2.3.1: identifier and secret are form-encoded before they are joined. */
function basicCredentials(authorization: string): { clientId: string; secret: string } | undefined {
  const match = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(authorization);
  if (!match) return undefined;
  const decoded = Buffer.from(match[1] ?? '', 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  if (colon < 0) return undefined;
  try {
    return { clientId: formDecoded(decoded.slice(0, colon)), secret: formDecoded(decoded.slice(colon + 1)) };
  } catch {
    return undefined;
  }
}

/**
 * Who is calling the token endpoint: a public client names itself in the form, a confidential one proves itself by Basic.
 * A confidential client that only names itself is refused, and so is one that does both differently.
 */
export function authenticateClient(
  clients: RegisteredClient[],
  authorization: string | undefined,
  clientIdInForm: string | undefined,
): ClientAuthentication {
  if (authorization !== undefined) {
    const sent = basicCredentials(authorization);
    const client = clients.find((one) => one.clientId === sent?.clientId);
    if (!sent || client?.authentication.kind !== 'symmetric' || !sameSecret(client.authentication.secret, sent.secret)) {
      return { kind: 'refused', description: 'The client and its secret do not match a registration.' };
    }
    if (clientIdInForm !== undefined && clientIdInForm !== client.clientId) {
      return { kind: 'refused', description: 'client_id names another client than the Authorization header.' };
    }
    return { kind: 'client', client, method: 'client_secret_basic' };
  }
  if (clientIdInForm === undefined) {
    return { kind: 'refused', description: 'client_id is missing: a public client sends it in the form.' };
  }
  const client = clients.find((one) => one.clientId === clientIdInForm);
  if (!client) return { kind: 'refused', description: 'client_id is not registered here.' };
  if (client.authentication.kind === 'asymmetric') {
    return { kind: 'refused', description: 'This client must sign a client_assertion with its key (private_key_jwt).' };
  }
  if (client.authentication.kind !== 'public') {
    return { kind: 'refused', description: 'This client must send its secret in the Authorization header (HTTP Basic).' };
  }
  return { kind: 'client', client, method: 'none' };
}
