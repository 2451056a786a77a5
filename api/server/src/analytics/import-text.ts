/** The report of an import as people read it on a terminal. */
import type { ReadReport } from '@refloop/analytics/fhir/import-exports';
import type { Measurable } from '@refloop/analytics/fhir/measurable';

const whole = new Intl.NumberFormat('en-US');

const LEFT_OUT: Record<string, string> = {
  'entered-in-error': 'entered in error',
  'not-an-order': 'a proposal or a plan, not an order',
  'no-patient': 'no patient is named',
  'no-day': 'neither authoredOn nor an encounter says when it was written',
  'after-the-snapshot': 'written after the day the snapshot is of',
};

const MOST_SHOWN = 20;

function rejectedLines({ rejected, rejectedCount }: ReadReport): string[] {
  if (rejectedCount === 0) return [];
  const shown = rejected
    .slice(0, MOST_SHOWN)
    .map(({ file, line, offset, why }) => `  ${file}, line ${line}${offset === undefined ? '' : ` (byte ${offset})`}: ${why}`);
  const more = rejectedCount > shown.length ? [`  and ${whole.format(rejectedCount - shown.length)} more`] : [];
  return ['', `Left out: ${whole.format(rejectedCount)} lines that cannot be read`, ...shown, ...more];
}

export function importText({ files, resources, unused, referrals, ...read }: ReadReport, metrics: readonly Measurable[]): string {
  const lines = files.reduce((sum, file) => sum + file.lines, 0);
  const versions = resources
    .filter((each) => each.read > 0)
    .map(
      ({ resource, read: many, superseded, deleted }) =>
        `  ${resource}: ${whole.format(many)}${superseded > 0 ? `, ${whole.format(superseded)} older versions` : ''}${deleted > 0 ? `, ${whole.format(deleted)} deleted` : ''}`,
    );
  const others = Object.entries(unused).map(([type, many]) => `${type} ${whole.format(many)}`);
  const allowed = metrics.filter(({ missing }) => missing.length === 0);
  const lacking = metrics.filter(({ missing }) => missing.length > 0);
  return [
    `Read: ${whole.format(files.length)} files, ${whole.format(lines)} resources`,
    ...versions,
    ...(others.length > 0 ? [`  no view reads: ${others.join(', ')}`] : []),
    ...rejectedLines({ files, resources, unused, referrals, ...read }),
    '',
    `Referrals: ${whole.format(referrals.referrals)} of ${whole.format(referrals.orders)} orders`,
    ...Object.entries(referrals.leftOut).map(([why, many]) => `  left out, ${LEFT_OUT[why] ?? why}: ${whole.format(many)}`),
    ...Object.entries(referrals.events).map(([event, many]) => `  ${event}: ${whole.format(many)}`),
    '',
    `Metrics that these data allow: ${allowed.length} of ${metrics.length}`,
    ...allowed.map(({ metric, n }) => `  ${metric}: n = ${whole.format(n)}`),
    ...lacking.flatMap(({ metric, missing }) => [`  ${metric} lacks`, ...missing.map((each) => `    ${each}`)]),
    '',
  ].join('\n');
}
