/**
 * The EHR's signed statement of who is signed in (OpenID Connect Core 1.0 §3.1.3.7, SMART App Launch 2.2). Checked here and
 * nowhere else: the browser only decodes it.
 */
import { createLocalJWKSet, decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose';
import { problem, type Refusal } from '../problem.ts';
import type { Site } from '../sites.ts';
import type { Discovery } from './discovery.ts';

export type SignedIn = {
  subject: string;
  /** Relative reference: Practitioner or PractitionerRole. */
  fhirUser: string;
  /** After this moment the token is refused by its age or its end, so that its use need not be remembered. */
  usableUntil: Date;
};

export type IdTokenAnswer = { ok: true; value: SignedIn } | { ok: false; refusal: Refusal };

/** SMART asks for RS256; the others are what servers in the field sign with. No HMAC: our key would have to be theirs. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512'];
const OLDEST_SECONDS = 300;
/** Clocks of two machines differ. */
const TOLERANCE_SECONDS = 30;
const LONGEST_SUBJECT = 255;

const refuse = (why: string): { ok: false; refusal: Refusal } => ({
  ok: false,
  refusal: problem('id-token-refused', `${why} Open Refloop from the chart again.`, [{ field: 'idToken', message: why }]),
});

/** Why jose refused, in words; each of its errors names the claim or the part that failed. */
function wordsFor(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'The id_token has expired.';
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'iss') return 'The id_token was issued by somebody other than this EHR (iss).';
    if (error.claim === 'aud') return 'The id_token was issued for another app (aud).';
    return `The id_token’s ${error.claim} was refused.`;
  }
  if (error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JWKSNoMatchingKey) {
    return 'The id_token’s signature is not one of this EHR.';
  }
  if (error instanceof errors.JOSEAlgNotAllowed) return 'The id_token is signed by a method that is not taken.';
  return 'The id_token cannot be read.';
}

function kidOf(idToken: string): string | undefined {
  try {
    return decodeProtectedHeader(idToken).kid;
  } catch {
    return undefined;
  }
}

/** fhirUser relative to this EHR, where it is a clinician or a clinician's role; absolute ones must lie under its base. */
export function clinicianReference(iss: string, fhirUser: unknown): string | undefined {
  if (typeof fhirUser !== 'string') return undefined;
  const base = `${iss.replace(/\/$/, '')}/`;
  const relative = fhirUser.startsWith(base) ? fhirUser.slice(base.length) : fhirUser;
  return /^(Practitioner|PractitionerRole)\/[A-Za-z0-9\-.]{1,64}$/.test(relative) ? relative : undefined;
}

function readClaims(site: Site, claims: JWTPayload, now: Date): IdTokenAnswer {
  const seconds = Math.floor(now.getTime() / 1000);
  const { sub, iat, exp } = claims;
  if (typeof sub !== 'string' || sub.trim() === '' || sub.length > LONGEST_SUBJECT) return refuse('The id_token names nobody (sub).');
  if (exp === undefined) return refuse('The id_token has no end (exp).');
  if (iat === undefined) return refuse('The id_token does not say when it was issued (iat).');
  if (iat > seconds + TOLERANCE_SECONDS) return refuse('The id_token was issued in the future (iat); a clock is wrong.');
  if (seconds - iat > OLDEST_SECONDS) return refuse('The id_token is older than five minutes (iat).');
  if (Array.isArray(claims.aud) && claims.aud.length > 1 && claims['azp'] !== site.clientId) {
    return refuse('The id_token was issued for several apps and not to this one (azp).');
  }
  const fhirUser = clinicianReference(site.iss, claims['fhirUser']);
  if (fhirUser === undefined) {
    const detail =
      claims['fhirUser'] === undefined
        ? 'The EHR did not say who you are there (fhirUser). Ask your administrator to allow the scopes openid and fhirUser for Refloop.'
        : 'Refloop is for clinicians and staff: your account in the EHR is no Practitioner and no PractitionerRole.';
    return { ok: false, refusal: problem('not-allowed', detail) };
  }
  const usableUntil = new Date((Math.max(exp, iat + OLDEST_SECONDS) + 2 * TOLERANCE_SECONDS) * 1000);
  return { ok: true, value: { subject: sub, fhirUser, usableUntil } };
}

/** Verifies signature, issuer, audience, end, age, subject and user. Whether it was used before is the store's to say. */
export async function verifyIdToken(discovery: Discovery, site: Site, idToken: string, now: Date): Promise<IdTokenAnswer> {
  const discovered = await discovery.of(site);
  if (!discovered.ok) return discovered;
  const keys = await discovery.keys(site, kidOf(idToken));
  if (!keys.ok) return keys;
  try {
    const { payload } = await jwtVerify(idToken, createLocalJWKSet(keys.value), {
      issuer: discovered.value.issuer,
      audience: site.clientId,
      algorithms: ALGORITHMS,
      clockTolerance: TOLERANCE_SECONDS,
      currentDate: now,
    });
    return readClaims(site, payload, now);
  } catch (error) {
    return refuse(wordsFor(error));
  }
}
