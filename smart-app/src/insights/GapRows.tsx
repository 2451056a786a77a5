/** Gaps of one measure, a line each, around zero: a dot, the interval, the words beside it. Each opens its rows. */
import type { Gap } from '@refloop/server/client/fairness';
import { countText } from './figures.ts';
import { gapText, type Measure, memberText, powerText, verdictText } from './gap-words.ts';
import styles from './Marks.module.css';

type Props = {
  measure: Measure;
  name: string;
  gaps: readonly Gap[];
  /** The end of the scale on both sides of zero, as a share: the same for all that stand beside each other. */
  most: number;
  onRows: (gap: Gap) => void;
};

/** The farthest from zero that any of the intervals reaches; at least a point. */
export const largestOf = (gaps: readonly Gap[]): number =>
  Math.max(0.01, ...gaps.flatMap(({ found }) => (found === null ? [] : [Math.abs(found.low), Math.abs(found.high)])));

export function GapRows({ measure, name, gaps, most, onRows }: Props) {
  const place = (value: number): string => `${50 + (50 * value) / most}%`;
  return (
    <ul className={`${styles['dots']} ${styles['gaps']}`} aria-label={`${measure.title}: gaps by ${name.toLowerCase()}, in points`}>
      {gaps.map((gap) => {
        const { found } = gap;
        return (
          <li key={gap.member} className={gap.verdict === 'higher' || gap.verdict === 'lower' ? undefined : styles['muted']}>
            <button type="button" onClick={() => onRows(gap)} disabled={found === null}>
              <span>{memberText(gap)}</span>
              <span className={`${styles['track']} ${styles['aroundZero']}`} aria-hidden="true">
                {found === null ? null : (
                  <>
                    <i style={{ left: place(found.low), width: `calc(${place(found.high)} - ${place(found.low)})` }} />
                    <b style={{ left: place(found.value) }} />
                  </>
                )}
              </span>
              <span className={`${styles['words']} num`}>
                <span>{found === null ? 'Too few to say' : `${gapText(gap)}. ${verdictText(gap, measure)}`}</span>
                <span className="caption">
                  {found === null
                    ? `n ${countText(gap.n)}; others ${countText(gap.restN)}`
                    : `n ${countText(gap.n)}; ${powerText(found.detectable)}`}
                </span>
              </span>
              {found === null ? null : <span className="sr-only">Show the rows</span>}
            </button>
          </li>
        );
      })}
    </ul>
  );
}
