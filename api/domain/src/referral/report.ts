/** What came back. Received is not matched, and matched is not reviewed: only a person who read it closes a loop. */
import type { ResourceRef } from '../fhir/reference.ts';
import type { Instant } from '../instant.ts';
import type { Moment } from './attempt.ts';

export type Report = {
  id: string;
  /** An interim note says how far it is; the final one answers the question. Advice and results are final ones. */
  form: 'interim' | 'final';
  document: ResourceRef | null;
  /** NPI of who wrote it, where it says so. */
  fromNpi: string | null;
  receivedAt: Moment;
  /** What Refloop wrote of it in the chart, also where that is entered in error since; null while it has not, and where the note was in the chart before. */
  chart: { document: ResourceRef | null; receipt: ResourceRef | null };
  /** How often it was linked by mistake and taken off again. */
  takenOff: number;
} & (
  | { status: 'received' }
  /** A person looked at it: it is of something else, and nothing is asked of anybody for it. */
  | { status: 'not-of-this'; reason: string }
  /** `linkedAt`: when it was put on record whose answer it is; its review is owed since then, and not from when it came. */
  | { status: 'matched'; attempt: number; linkedAt: Instant }
  | { status: 'reviewed'; attempt: number; linkedAt: Instant; reviewedBy: string; reviewedAt: Moment }
);

/** The type of a reference to a document that Refloop itself keeps; every other type is of the chart. */
export const KEPT_HERE = 'Document';

/** Taken off, it lies among what came in again, and is placed from there: linked here it would stand in two places. */
export const isHeldAgain = ({ status, takenOff, document }: Report): boolean =>
  status === 'not-of-this' && takenOff > 0 && document?.type === KEPT_HERE;

/** It is known whose answer it is. */
export const isLinked = (report: Report): report is Extract<Report, { attempt: number }> =>
  report.status === 'matched' || report.status === 'reviewed';
