/**
 * Refusals as values, and their one translation into HTTP: RFC 9457 problem details with the field and the way to mend it.
 * A sentence here may be read by anybody who may make the request: it never names a patient.
 */
import type { Problem } from './client/session.ts';

/** Every kind of refusal: its status and its title. `type` on the wire is `/problems/<kind>`. */
export const PROBLEMS = {
  'invalid-request': { status: 400, title: 'The request cannot be read' },
  'unknown-issuer': { status: 403, title: 'This EHR is not registered with Refloop' },
  'session-required': { status: 401, title: 'Sign in first' },
  'session-idle': { status: 401, title: 'The session was idle for too long' },
  'session-ended': { status: 401, title: 'The session has ended' },
  'id-token-refused': { status: 401, title: 'The EHR’s proof of who you are was refused' },
  'patient-not-proven': { status: 403, title: 'The EHR did not confirm the patient' },
  'not-allowed': { status: 403, title: 'This is not allowed' },
  'no-patient': { status: 403, title: 'This needs a session opened from a patient’s chart' },
  'another-patient': { status: 403, title: 'This session was opened for another patient' },
  'not-found': { status: 404, title: 'Not found' },
  'order-changed': { status: 409, title: 'The order changed in the EHR' },
  'patient-merged': { status: 409, title: 'This chart was merged into another' },
  'order-not-open': { status: 409, title: 'The order is not open' },
  'directory-changed': { status: 409, title: 'The directory changed for this specialist' },
  'already-approved': { status: 409, title: 'This referral has been approved already' },
  pended: { status: 409, title: 'This waits for another clinician’s signature' },
  'recommendation-closed': { status: 409, title: 'This recommendation is no longer open' },
  'lease-held': { status: 409, title: 'Another window is writing this' },
  'lease-lost': { status: 409, title: 'This window no longer holds the write-back' },
  'performer-missing': { status: 422, title: 'No specialist is chosen' },
  'override-reason-needed': { status: 422, title: 'This choice needs a reason' },
  'note-not-sourced': { status: 422, title: 'A sentence of the note has no source' },
  'emergency-not-considered': { status: 422, title: 'The emergency question is open' },
  'death-not-considered': { status: 422, title: 'The chart says that this patient has died' },
  conflict: { status: 409, title: 'This is not possible as it stands now' },
  'unsupported-media-type': { status: 415, title: 'The body is of another type than is taken here' },
  'too-large': { status: 413, title: 'The request is too large' },
  unprocessable: { status: 422, title: 'This cannot be done as asked' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  'client-refused': { status: 401, title: 'The CDS client’s proof of who it is was refused' },
  'signature-refused': { status: 401, title: 'The signature of the message was refused' },
  'data-missing': { status: 412, title: 'What is needed to answer was not sent and could not be read' },
  'ehr-unreachable': { status: 502, title: 'The EHR did not answer' },
  'not-ready': { status: 503, title: 'Refloop cannot serve just now' },
  'database-away': { status: 503, title: 'Refloop’s database does not answer' },
  internal: { status: 500, title: 'Something went wrong on our side' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemKind = keyof typeof PROBLEMS;
export type FieldError = { field: string; message: string; fix?: string };

export type Refusal = {
  refused: ProblemKind;
  detail: string;
  errors?: FieldError[];
  /** Of a link that was tried. */
  tries?: Problem['tries'];
  /** The referral that is told of, where the reader may read it. */
  referralId?: string;
  /** For Retry-After; where a kind that passes by itself (503) does not say, two seconds. */
  retryAfterSeconds?: number;
};

/** A refusal to return from a handler or a service. `detail` says what happened and what to do, in a plain sentence. */
export const problem = (refused: ProblemKind, detail: string, errors?: FieldError[]): Refusal =>
  errors === undefined ? { refused, detail } : { refused, detail, errors };

/** Tells a refusal from an answer. */
export const isRefusal = (value: unknown): value is Refusal =>
  typeof value === 'object' && value !== null && 'refused' in value && 'detail' in value;

/** Throw it inside a transaction that must be rolled back; outside, return the refusal. */
export class Refused extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.refused);
    this.refusal = refusal;
  }
}

/** The refusal as the problem a client reads. `reference` is what a person quotes when asking for help. */
export function problemDetails(refusal: Refusal, reference: string): Problem {
  const { status, title } = PROBLEMS[refusal.refused];
  return {
    type: `/problems/${refusal.refused}`,
    title,
    status,
    detail: refusal.detail,
    reference,
    ...(refusal.errors === undefined ? {} : { errors: refusal.errors }),
    ...(refusal.tries === undefined ? {} : { tries: refusal.tries }),
    ...(refusal.referralId === undefined ? {} : { referralId: refusal.referralId }),
  };
}

/** The problem as a response; 401 says which scheme is asked for (RFC 9110 §11.6.1). */
export function problemResponse(refusal: Refusal, reference: string): Response {
  const { status } = PROBLEMS[refusal.refused];
  const headers: Record<string, string> = { 'content-type': 'application/problem+json', 'cache-control': 'no-store' };
  if (status === 401) headers['www-authenticate'] = 'Bearer';
  const retryAfter = refusal.retryAfterSeconds ?? (status === 503 ? 2 : undefined);
  if (retryAfter !== undefined) headers['retry-after'] = String(retryAfter);
  return new Response(JSON.stringify(problemDetails(refusal, reference)), { status, headers });
}

/** What a failed zod parse tells the caller: each field by its path, never its value. */
export const fieldErrors = (issues: readonly { path: readonly PropertyKey[]; message: string }[]): FieldError[] =>
  issues.slice(0, 20).map((issue) => ({ field: issue.path.map(String).join('.') || '(whole body)', message: issue.message }));
