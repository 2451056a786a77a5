/** When a loop is closed, by what was asked for. */
import { unreachable } from '../result.ts';
import type { Referral } from './referral.ts';
import type { Report } from './report.ts';

export const SERVICES = ['visit', 'e-consult', 'imaging', 'procedure'] as const;
/** What the specialist is asked to do: each closes on evidence of its own. */
export type Service = (typeof SERVICES)[number];

export type ReviewedReport = Extract<Report, { status: 'reviewed' }>;

/**
 * The report that closed the loop, or undefined. A visit needs that the patient was seen, the report and its review; advice, imaging and a
 * procedure need the advice or the result, and its review. Ours; the CMS measure counts a report that was received (CMS50v14).
 */
export function closedBy({ service, attempts, reports }: Referral): ReviewedReport | undefined {
  const reviewed = reports.filter((report): report is ReviewedReport => report.status === 'reviewed' && report.form === 'final');
  switch (service) {
    case 'visit':
      return reviewed.find(({ attempt }) => attempts.some(({ number, visits }) => number === attempt && visits.length > 0));
    case 'e-consult':
    case 'imaging':
    case 'procedure':
      return reviewed[0];
    default:
      return unreachable(service);
  }
}
