/**
 * What must hold where a note was linked by mistake and is taken off: its office stands where it stood before, what is owed has its time, its file
 * is held for a person, and it does not come back by itself.
 */
import type { Referral } from '@refloop/domain/referral/referral';
import type { StoredEvent } from '@refloop/server/store/events';
import type { StoredObligation } from '@refloop/server/store/obligations';
import type { Unit } from '@refloop/server/store/store';
import type { Book } from './book.ts';

/** Where the office stood before the note, and how much had been told of it once the note was linked. */
type Stood = { attempt: number; standing: string; told: number };

/** Of one referral. */
export type TakenOffWatch = {
  /** How each office stood, by the report that was linked. */
  stood: Map<string, Stood>;
  /** Files that were taken off, by their digest. */
  files: Set<string>;
};

export const nothingTakenOff = (): TakenOffWatch => ({ stood: new Map(), files: new Set() });

const reportOf = ({ data }: StoredEvent): string => String((data as { reportId?: string }).reportId);

/** Where it is with its work, and what it is known to have been sent, to have taken and to have seen. */
const standingOf = (state: Referral | undefined, number: number): string | undefined => {
  const attempt = state?.attempts.find((each) => each.number === number);
  return attempt && JSON.stringify([attempt.work, attempt.acceptedAt, attempt.transmissions, attempt.visits]);
};

/** A note is linked. @param before the state before anything of this transaction */
export function linked({ stood }: TakenOffWatch, book: Book, event: StoredEvent, before: Referral | undefined): void {
  const { attempt = 0 } = event.data as { attempt?: number };
  const standing = standingOf(before, attempt);
  if (standing !== undefined) stood.set(reportOf(event), { attempt, standing, told: book.attempts[attempt - 1]?.told.length ?? 0 });
}

/** What was told of its office at the moment at which this note is taken off, the note and what it proved included. */
export const toldBefore = ({ stood }: TakenOffWatch, book: Book, event: StoredEvent): number | undefined =>
  book.attempts[(stood.get(reportOf(event))?.attempt ?? 0) - 1]?.told.length;

/** Nothing was told of its office since: then it stands where it stood. @param told `toldBefore` @returns what is wrong */
export function wrongStanding({ stood }: TakenOffWatch, event: StoredEvent, told: number | undefined, after: Referral): string | undefined {
  const link = stood.get(reportOf(event));
  if (!link) return undefined;
  // Another note that came upon this one found the office standing as this one had left it.
  for (const [id, { attempt }] of stood) if (attempt === link.attempt) stood.delete(id);
  if (link.told !== told) return undefined;
  const standing = standingOf(after, link.attempt);
  return standing === link.standing
    ? undefined
    : `reopened: a note was taken off, and its office stands at ${standing} and not at ${link.standing}`;
}

/** Within the transaction that takes it off. @param fresh what is owed since @returns what is wrong */
export async function wrongAfter(
  unit: Unit,
  { files }: TakenOffWatch,
  book: Book,
  event: StoredEvent,
  fresh: readonly StoredObligation[],
): Promise<string[]> {
  const faults = fresh
    .filter(({ raisedAt, dueAt }) => raisedAt < event.recordedAt || dueAt <= event.recordedAt)
    .map(({ kind }) => `reopened: what is owed again as a note was taken off (${kind}) has not its whole time`);
  const { kept } = book.dropped.get(reportOf(event)) ?? {};
  const file = kept === undefined ? undefined : (await unit.documents.get(kept))?.sha256;
  if (file === undefined) return faults;
  files.add(file);
  const held = await unit.inboundDocuments.open({ status: 'held', limit: 1000 });
  if (!held.some(({ sha256 }) => sha256 === file)) faults.push('reopened: a note was taken off, and its file is held for nobody');
  return faults;
}

/** @returns whether a file that was taken off is on record here again, and no person put it there */
export async function isBackByItself(unit: Unit, { files }: TakenOffWatch, { data, actor }: StoredEvent): Promise<boolean> {
  const { document } = data as { document?: { type: string; id: string } | null };
  if (files.size === 0 || document?.type !== 'Document' || (actor as { kind: string }).kind === 'person') return false;
  const file = (await unit.documents.get(document.id))?.sha256;
  return file !== undefined && files.has(file);
}
