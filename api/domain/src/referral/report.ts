/** What came back. Received is not matched, and matched is not reviewed: only a person who read it closes a loop. */
import type { ResourceRef } from '../fhir/reference.ts';
import type { Moment } from './attempt.ts';

export type Report = {
  id: string;
  /** An interim note says how far it is; the final one answers the question. Advice and results are final ones. */
  form: 'interim' | 'final';
  document: ResourceRef | null;
  /** NPI of who wrote it, where it says so. */
  fromNpi: string | null;
  receivedAt: Moment;
  /** What Refloop wrote of it in the chart; null while it has not, and where the note was in the chart before. */
  chart: { document: ResourceRef | null; receipt: ResourceRef | null };
} & (
  | { status: 'received' }
  /** A person looked at it: it is of something else, and nothing is asked of anybody for it. */
  | { status: 'not-of-this'; reason: string }
  | { status: 'matched'; attempt: number }
  | { status: 'reviewed'; attempt: number; reviewedBy: string; reviewedAt: Moment }
);

/** It is known whose answer it is. */
export const isLinked = (report: Report): report is Extract<Report, { attempt: number }> =>
  report.status === 'matched' || report.status === 'reviewed';
