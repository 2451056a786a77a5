/** Reports of what Refloop holds against what the EHR holds: one under way at a time, each kept as it came out. */
import type { Instant } from '@refloop/domain/instant';
import type { EhrDifference } from '@refloop/domain/referral/compare-with-ehr';

export type ReportedDifference = EhrDifference & { referralId: string };

/** `cut`: as many were looked at as one run does; the next begins behind them. `unreachable`: the EHR did not answer until morning. */
export type ReportStanding = 'under-way' | 'done' | 'cut' | 'unreachable';

export type ReconciliationReport = {
  id: string;
  startedAt: Instant;
  finishedAt: Instant | null;
  standing: ReportStanding;
  /** Subject of who asked for it; `refloop` for the nightly one. */
  askedBy: string;
  /** The last write-back that was looked at; empty before the first. */
  cursor: string;
  looked: number;
  /** Of which something could not be read. */
  unread: number;
  differences: ReportedDifference[];
  /** Found beyond those that are kept. */
  more: number;
};

export type ReportProgress = Pick<ReconciliationReport, 'cursor' | 'looked' | 'unread' | 'differences' | 'more'>;

export type ReconciliationReportStore = {
  /** False where one is under way. */
  begin: (report: Pick<ReconciliationReport, 'id' | 'startedAt' | 'askedBy' | 'cursor'>) => Promise<boolean>;
  underWay: () => Promise<ReconciliationReport | undefined>;
  /** False while another holds it. */
  take: (id: string, holder: string, now: Instant, until: Instant) => Promise<boolean>;
  /** False where the holder has it no more: nothing was changed. */
  advance: (id: string, holder: string, until: Instant, progress: ReportProgress) => Promise<boolean>;
  finish: (id: string, holder: string, at: Instant, standing: Exclude<ReportStanding, 'under-way'>) => Promise<boolean>;
  /** Newest first. */
  list: (limit: number) => Promise<ReconciliationReport[]>;
};
