/** The score taken apart: each bar is as long as what its factor adds, the pale rest is what it could have added. */
import type { CardFacts } from '../refer/desk.ts';
import { FACTOR_NAMES } from './card-words.ts';
import styles from './FactorBars.module.css';
import { roundedToSum } from './rounded-sum.ts';

export function FactorBars({ factors }: { factors: CardFacts['factors'] }) {
  const heaviest = Math.max(...factors.map((factor) => factor.weight), 0.01);
  const { terms, total } = roundedToSum(factors.map((factor) => factor.contribution));
  return (
    <dl className={`${styles['bars']} num`}>
      {factors.map((factor, index) => (
        <div key={factor.name} className={styles['row']}>
          <dt title={factor.basis === 'no-data' ? 'The directory states nothing; scored with the specialty’s median' : undefined}>
            {FACTOR_NAMES[factor.name]}
            {factor.basis === 'no-data' ? <span className={styles['basis']}> (no data)</span> : null}
          </dt>
          <dd className={styles['bar']} aria-hidden="true">
            <span className={styles['track']} style={{ width: `${(100 * factor.weight) / heaviest}%` }}>
              <span
                className={`${styles['fill']} ${factor.basis === 'no-data' ? styles['hatched'] : ''}`}
                style={{ width: `${factor.weight > 0 ? (100 * factor.contribution) / factor.weight : 0}%` }}
              />
            </span>
          </dd>
          <dd
            className={styles['value']}
            title={`${factor.contribution.toFixed(4)} = weight ${factor.weight} × ${factor.score.toFixed(4)}`}
          >
            {terms[index]?.toFixed(2)}
          </dd>
        </div>
      ))}
      <div className={styles['row']}>
        <dt>Score</dt>
        <dd className={styles['bar']} />
        <dd className={styles['value']}>
          <b>{total.toFixed(2)}</b>
        </dd>
      </div>
    </dl>
  );
}
