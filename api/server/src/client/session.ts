/** What the app and the server say to each other about sessions and roles. The app imports the types only. */
import { z } from 'zod';

/** A preparer (a nurse, a medical assistant) prepares referrals in the chart for a clinician to sign, and decides nothing. */
export const ROLES = ['clinician', 'preparer', 'coordinator', 'lead', 'admin'] as const;
export const Role = z.enum(ROLES);
export type Role = z.infer<typeof Role>;

/** One entry of `GET /sites`: what the launch page needs before anybody has signed in. */
export const PublicSite = z.object({ iss: z.string(), name: z.string(), clientId: z.string(), scopes: z.string() });
export type PublicSite = z.infer<typeof PublicSite>;

export const OpenSession = z.object({
  iss: z.string().max(2000),
  idToken: z.string().max(20_000),
  accessToken: z.string().max(20_000),
  /** The patient of the token response; absent when the app was opened without one (Referral center). */
  patient: z.string().max(64).optional(),
});
export type OpenSession = z.infer<typeof OpenSession>;

export const Session = z.object({
  token: z.string(),
  /** Absolute end, ISO 8601. The idle end comes first unless the person is active. */
  expiresAt: z.string(),
  idleSeconds: z.number().int(),
  /** Seconds before the idle end at which the app warns. */
  warnSeconds: z.number().int(),
  user: z.object({ fhirUser: z.string(), subject: z.string(), name: z.string() }),
  roles: z.array(Role),
  site: z.string(),
  patient: z.string().nullable(),
});
export type Session = z.infer<typeof Session>;

/** Refused requests, RFC 9457: `errors` names each field with the way to mend it. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  /** Quote this when asking for help; it is in our log, the patient is not. */
  reference: z.string(),
  errors: z.array(z.object({ field: z.string(), message: z.string(), fix: z.string().optional() })).optional(),
  /** Of a link that was tried: how many tries are left, and with none left who gives another; the number may be empty. Nothing of the patient. */
  tries: z.object({ left: z.number().int(), clinic: z.object({ name: z.string(), phone: z.string() }).nullable() }).optional(),
  /** The referral that is told of, for who may read it. */
  referralId: z.string().optional(),
});
export type Problem = z.infer<typeof Problem>;
