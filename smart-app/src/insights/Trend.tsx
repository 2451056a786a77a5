/** A value over months or weeks, small: the line, its interval behind it, and the target. One image to a screen reader, said in words. */
import type { MetricAnswer } from '@refloop/server/client/insights';
import { plainDate } from '../words/plain-date.ts';
import { compactText, figureText, valueText } from './figures.ts';
import styles from './Trend.module.css';
import { bandPath, type TrendPoint, trendPath } from './trend.ts';

type Unit = MetricAnswer['metric']['unit'];

type Props = {
  /** What it shows: `Referral completion by month of order`. */
  label: string;
  points: readonly TrendPoint[];
  unit: Unit;
  /** The value at the top edge; the bottom is zero. */
  top: number;
  height?: number;
  target?: number | undefined;
};

const WIDTH = 200;

export function Trend({ label, points, unit, top, height = 44, target }: Props) {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || points.length < 2) return <p className="caption">Too few months for a trend.</p>;
  const box = { width: WIDTH, height, top };
  const isRange = points.every(({ value }) => value === null);
  const isOpen = points.some(({ open, value }) => open && value !== null);
  const words = `${label}, on a scale from 0 to ${valueText(top, unit)}: ${figureText(first, unit)} in ${plainDate(first.period)}, ${figureText(last, unit)} in ${plainDate(last.period)}${last.open ? ', not yet complete' : ''}`;
  return (
    <figure className={styles['trend']}>
      <svg viewBox={`0 0 ${WIDTH} ${height}`} height={height} preserveAspectRatio="none" role="img" aria-label={words}>
        <path d={`M0 ${height}H${WIDTH}`} className={styles['floor']} />
        <path d={bandPath(points, box)} className={`${styles['band']} ${isRange ? styles['alone'] : ''}`} />
        {target === undefined || target > top ? null : (
          <path d={`M0 ${height * (1 - target / top)}H${WIDTH}`} className={styles['target']} />
        )}
        <path d={trendPath(points, box)} className={styles['stroke']} />
        {isOpen ? <path d={trendPath(points, box, 'open')} className={`${styles['stroke']} ${styles['open']}`} /> : null}
      </svg>
      <figcaption className="caption num">
        <span>{plainDate(first.period)}</span>
        <span>{plainDate(last.period)}</span>
        <span className={styles['scale']}>scale 0 to {compactText(top, unit)}</span>
      </figcaption>
    </figure>
  );
}

/** A round top for values like these: the scale of several drawings beside each other. */
export function topOf(unit: Unit, points: readonly Pick<TrendPoint, 'value' | 'high'>[]): number {
  if (unit === 'share') return Math.min(1, Math.ceil(10 * Math.max(0.05, ...points.map(({ value, high }) => high ?? value ?? 0))) / 10);
  // An interval open above, or nearly so, would press all else to the floor: it is cut at the top. A range of assumptions is all there is.
  const most = Math.max(1, ...points.map(({ value, high }) => (unit === 'dollars' ? (high ?? 0) : 1.25 * (value ?? 0))));
  const step = 10 ** Math.floor(Math.log10(most));
  return Math.ceil(most / step) * step;
}
