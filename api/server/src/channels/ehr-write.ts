/** What the kinds of effect that write in an EHR share: getting there, and what a failure says of what happened there. */
import type { EhrFailure } from '@refloop/domain/fhir/ehr-port';
import { unreachable } from '@refloop/domain/result';
import { type MachineTime, settlesIn } from '@refloop/domain/write-back/settled';
import type { OwnAccess } from '../ehr/system-access.ts';
import { findSite, type Site } from '../sites.ts';
import type { Scope } from '../store/store.ts';
import type { Looked, Sent } from './handler.ts';

export type Failure = Extract<Sent, { kind: 'left-out' | 'refused' | 'unknown' }>;

/** @param seenAt as it was looked for @returns undefined where what was sent is there by now, or never will be */
export function mayStillArrive(triedAt: string | null, seenAt: MachineTime): Extract<Looked, { kind: 'too-early' }> | undefined {
  const milliseconds = settlesIn({ attemptedAt: triedAt, outcome: { status: 'waiting' } }, seenAt);
  if (milliseconds <= 0) return undefined;
  return { kind: 'too-early', milliseconds, detail: 'It was sent less than a minute ago and may still arrive.' };
}

/** `Type/id`, with its version where that is known. */
export const versioned = (reference: string, version: string | undefined): string =>
  version === undefined ? reference : `${reference}/_history/${version}`;

export type Reached = { kind: 'reached'; own: Extract<Awaited<ReturnType<OwnAccess>>, { ok: true }> } | { kind: 'ended'; sent: Failure };

/** By Refloop's own access, where the site lets it follow its referrals. */
export async function reach({ sites, access }: { sites: readonly Site[]; access: OwnAccess }, scope: Scope): Promise<Reached> {
  const site = findSite(sites, scope.issuer);
  if (!site?.system?.tracks) {
    const detail = 'The site gives Refloop no access to follow referrals in its EHR (system.tracks).';
    return { kind: 'ended', sent: { kind: 'left-out', detail } };
  }
  const own = await access(site);
  if (own.ok) return { kind: 'reached', own };
  return { kind: 'ended', sent: { kind: 'refused', detail: `The EHR cannot be reached: ${own.why}.`, final: false } };
}

export function afterFailedRead(failure: EhrFailure): Failure {
  switch (failure.kind) {
    case 'elsewhere':
      return { kind: 'refused', detail: 'The address is not this EHR’s.', final: true };
    case 'signed-out':
    case 'no-answer':
      return { kind: 'refused', detail: 'The EHR does not answer.', final: false };
    case 'http':
      return failure.status === 429 || failure.status >= 500
        ? { kind: 'refused', detail: failure.detail, final: false }
        : { kind: 'left-out', detail: `The EHR does not let Refloop look for it (status ${failure.status}).` };
    default:
      return unreachable(failure);
  }
}

/** Whether what we sent was taken is not known where nobody answered, or where the server failed. */
export function afterFailedWrite(failure: EhrFailure): Failure | 'changed' {
  if (failure.kind === 'no-answer') return { kind: 'unknown', detail: 'The EHR did not answer to what was written.' };
  if (failure.kind !== 'http') return afterFailedRead(failure);
  const { status, detail } = failure;
  if (status === 409 || status === 412) return 'changed';
  if (status === 429 || status === 503) return { kind: 'refused', detail, final: false };
  return status >= 500 ? { kind: 'unknown', detail } : { kind: 'refused', detail, final: true };
}
