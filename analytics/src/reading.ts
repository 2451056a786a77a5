/** Where referrals are read from, what of an earlier snapshot may be kept, and what the manifest says of it. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FOLD_VERSION } from '@refloop/domain/referral/referral';
import type { History } from './input-event.ts';
import { HOME, MODEL_VERSION } from './models.ts';
import type { EhrScope } from './pseudonym.ts';
import { currentSnapshot, type Snapshot } from './snapshot.ts';

export type ListedReferral = EhrScope & {
  site: string;
  referralId: string;
  /**
   * Another one whenever the history is another; null where it can be read no more, its key having been destroyed. The same mark under
   * the same id always means the same events.
   */
  mark: string | null;
};

/** A source that can tell which histories have changed without reading them. */
export type ReferralSource = {
  /** Every referral that there is, each once, in pages of any size. What is not among them is gone. */
  pages: () => AsyncIterable<ListedReferral[]>;
  /** Their histories, as they are now or later than they were listed; one that can no longer be read is left out. */
  read: (referrals: ListedReferral[]) => AsyncIterable<History>;
};

/** How the events of a snapshot came into it. */
export type Reading = {
  kind: 'whole' | 'changes';
  /** Referrals whose history was read for it. */
  read: number;
  /** Referrals taken over from the snapshot before, since nothing was added to them. */
  unchanged: number;
  /** Referrals of the snapshot before that are no more; null where there was none to compare with. */
  removed: number | null;
  /** Referrals left out because their data key was destroyed. */
  unreadable: number;
  /** Whatever else the rows of an event depend on; a snapshot with another one is read anew, whole. */
  version: string;
  timezone: string;
};

/** Which referrals are in the snapshot, by pseudonym, and the mark that each had. Beside the tables that metrics read. */
export const MARKS = 'marks.parquet';

/** What decides how an event becomes a row, beside the fold, which says what notes show (FOLD_VERSION). */
const MAKES_ROWS = [
  'src/input-event.ts',
  'src/staff-acts.ts',
  'src/calendar-day.ts',
  'src/restricted-zip3.json',
  'models/input__event.sql',
];

let ownFiles: string | undefined;

/**
 * Changes with the code here that makes rows of events, so that nobody has to think of it, with what the fold makes of the same events, and
 * with the time zone.
 */
export function readingVersion(timezone: string): string {
  ownFiles ??= MAKES_ROWS.map((path) => readFileSync(new URL(path, HOME), 'utf8')).join('\u0000');
  return createHash('sha256').update(`${MODEL_VERSION}\u0000${FOLD_VERSION}\u0000${timezone}\u0000${ownFiles}`).digest('hex').slice(0, 32);
}

export type Earlier = {
  snapshot: Snapshot;
  /** Whether its rows are what would be made of the same events today. */
  usable: boolean;
};

/** The snapshot in force, where it says which referrals are in it. */
export async function earlierSnapshot(warehouse: string, timezone: string): Promise<Earlier | undefined> {
  const snapshot = await currentSnapshot(warehouse);
  if (!snapshot || !existsSync(join(snapshot.folder, MARKS))) return undefined;
  return { snapshot, usable: snapshot.manifest.reading?.version === readingVersion(timezone) };
}
