/** What is asked of the EHR about a packet before the transaction in which it counts: consents first, since no file is fetched that may not go. */
import type { FhirResource } from '@refloop/domain/fhir/read';
import type { Patience } from '../ehr/chart-files.ts';
import type { ReadConsents } from '../ehr/consents-now.ts';
import type { Session } from '../sessions/session.ts';
import type { Store } from '../store/store.ts';
import { consentsFor } from './consents-at-sending.ts';
import { requireOwn } from './own-referral.ts';
import { type AssemblyDeps, assemblePacket } from './packet-assembly.ts';
import type { GatheredFiles, GatherFiles } from './packet-files.ts';
import { readReferral } from './referral-log.ts';

export type AskedOfEhr = { consents: readonly FhirResource[]; files: GatheredFiles | undefined };

export type AskingDeps = AssemblyDeps & {
  store: Store;
  consents: ReadConsents;
  /** The files of what goes; without it items go by their titles. */
  files?: GatherFiles;
};

/** What may leave is judged by the consents of this moment, whoever looks and whatever was looked at before. */
export type AskEhr = (session: Session, referralId: string, now: Date, withFiles: Patience | 'without-files') => Promise<AskedOfEhr>;

export const askingEhr =
  (deps: AskingDeps): AskEhr =>
  async (session, referralId, now, withFiles) => {
    const consents = await consentsFor(deps, session, referralId, now);
    const { files: gather } = deps;
    if (!gather || withFiles === 'without-files') return { consents, files: undefined };
    const found = await deps.store.transaction(session.scope, async (unit) => {
      await requireOwn(unit, session, referralId);
      const referral = await readReferral(unit, referralId);
      const assembled = referral && (await assemblePacket(unit, referral, deps, now, consents));
      return assembled && { referral, assembled };
    });
    return { consents, files: found && (await gather({ scope: session.scope, ...found }, withFiles, now)) };
  };
