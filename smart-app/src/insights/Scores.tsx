/** What people said, from the best to the worst, a bar each: what a share of 4 and 5 leaves out. */
import type { MetricRow } from '@refloop/server/client/insights';
import { countText } from './figures.ts';
import styles from './Marks.module.css';

const SCORES = [5, 4, 3, 2, 1] as const;
const ENDS: Partial<Record<(typeof SCORES)[number], string>> = { 5: 'best', 1: 'worst' };

/** Nothing of a metric that is no question, or of which too few answered. */
export function Scores({ row: { parts } }: { row: MetricRow }) {
  const said = SCORES.flatMap((score) => {
    const count = parts[`said_${score}`];
    return typeof count === 'number' ? [{ score, count }] : [];
  });
  const most = Math.max(...said.map(({ count }) => count));
  if (said.length < SCORES.length || most === 0) return null;
  const all = said.reduce((sum, { count }) => sum + count, 0);
  return (
    <ul className={styles['scores']} aria-label="What was said">
      {said.map(({ score, count }) => (
        <li key={score} className="num">
          <span>
            {score} {ENDS[score] ?? ''}
          </span>
          <span className={styles['bar']} aria-hidden="true">
            {count > 0 ? <i className={score >= 4 ? styles['end'] : undefined} style={{ width: `${(100 * count) / most}%` }} /> : null}
          </span>
          <span>
            {countText(count)} <span className="caption">{Math.round((100 * count) / all)} %</span>
          </span>
        </li>
      ))}
    </ul>
  );
}
