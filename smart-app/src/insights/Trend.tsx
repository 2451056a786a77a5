/** A value over the months, small: the line, its interval behind it, and the target. One image to a screen reader, said in words. */
import { valueText } from './figures.ts';
import styles from './Insights.module.css';
import { bandPath, type TrendPoint, trendPath } from './trend.ts';

type Props = {
  /** What it shows: `Referral completion by month of order`. */
  label: string;
  points: readonly TrendPoint[];
  unit: 'share' | 'days' | 'count';
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
  const words = `${label}: ${valueText(first.value, unit)} in ${first.month}, ${valueText(last.value, unit)} in ${last.month}`;
  return (
    <figure className={styles['trend']}>
      <svg viewBox={`0 0 ${WIDTH} ${height}`} height={height} preserveAspectRatio="none" role="img" aria-label={words}>
        <path d={bandPath(points, box)} className={styles['band']} />
        {target === undefined || target > top ? null : (
          <path d={`M0 ${height * (1 - target / top)}H${WIDTH}`} className={styles['target']} />
        )}
        <path d={trendPath(points, box)} className={styles['stroke']} />
      </svg>
      <figcaption className="caption num">
        <span>{first.month}</span>
        <span>{last.month}</span>
      </figcaption>
    </figure>
  );
}

/** A round top for values like these: the scale of several drawings beside each other. */
export function topOf(unit: Props['unit'], points: readonly TrendPoint[]): number {
  if (unit === 'share') return Math.min(1, Math.ceil(10 * Math.max(0.05, ...points.map(({ value, high }) => high ?? value ?? 0))) / 10);
  // An interval open above, or nearly so, would press all else to the floor: it is cut at the top.
  const most = Math.max(1, ...points.map(({ value }) => 1.25 * (value ?? 0)));
  const step = 10 ** Math.floor(Math.log10(most));
  return Math.ceil(most / step) * step;
}
