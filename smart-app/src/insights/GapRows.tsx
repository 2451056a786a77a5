/** Gaps of one measure, a line each, on one scale around zero: a dot, the interval, the words beside it. Each opens its rows. */
import { FEWEST_TO_JUDGE } from '@refloop/domain/fewest-to-judge';
import type { Gap } from '@refloop/server/client/fairness';
import { countText, pointsText } from './figures.ts';
import { gapText, type Measure, memberText, powerText, verdictText } from './gap-words.ts';
import styles from './Insights.module.css';

type Props = { measure: Measure; name: string; gaps: readonly Gap[]; onRows: (gap: Gap) => void };

export function GapRows({ measure, name, gaps, onRows }: Props) {
  const ends = gaps.flatMap(({ found }) => (found === null ? [] : [Math.abs(found.low), Math.abs(found.high)]));
  const most = Math.max(0.01, ...ends);
  const place = (value: number): string => `${50 + (50 * value) / most}%`;
  return (
    <ul className={`${styles['dots']} ${styles['gaps']}`} aria-label={`${measure.title}: gaps by ${name.toLowerCase()}, in points`}>
      {gaps.map((gap) => {
        const { found } = gap;
        const member = memberText(gap);
        return (
          <li key={gap.member} className={gap.verdict === 'higher' || gap.verdict === 'lower' ? undefined : styles['muted']}>
            <button type="button" onClick={() => onRows(gap)} disabled={found === null}>
              <span>{member}</span>
              <span className={`${styles['track']} ${styles['aroundZero']}`} aria-hidden="true">
                {found === null ? null : (
                  <>
                    <i style={{ left: place(found.low), width: `calc(${place(found.high)} - ${place(found.low)})` }} />
                    <b style={{ left: place(found.value) }} />
                  </>
                )}
              </span>
              <span className="num">
                {found === null ? `n < ${FEWEST_TO_JUDGE}` : pointsText(found.value)}{' '}
                <span className="caption">{verdictText(gap, measure)}</span>
              </span>
              <span className="caption num">
                {found === null
                  ? `n ${countText(gap.n)}; others ${countText(gap.restN)}`
                  : `${gapText(gap)}; n ${countText(gap.n)}; ${powerText(found.detectable)}`}
              </span>
              {found === null ? null : <span className="sr-only">Show the rows</span>}
            </button>
          </li>
        );
      })}
    </ul>
  );
}
