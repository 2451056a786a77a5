/** Scores as bars whose parts add up. */
import type { MatchAnswer } from '@refloop/server/client/match';
import { FACTOR_NAMES } from '../matching/card-words.ts';
import { roundedToSum } from '../matching/rounded-sum.ts';
import { Chip } from '../ui/Chip.tsx';
import styles from './AuditPage.module.css';

type Props = { ranked: MatchAnswer['ranked']; chosen: string | null; decided: boolean };

export function RankedBars({ ranked, chosen, decided }: Props) {
  if (ranked.length === 0) return <p>Nobody was eligible.</p>;
  return (
    <ol className={`${styles['ranked']} num`}>
      {ranked.map((card) => {
        const { terms, total } = roundedToSum(card.factors.map((factor) => factor.contribution));
        return (
          <li key={card.entryId} className={styles['candidate']}>
            <b>
              {card.rank} {card.name}
            </b>
            <span className={styles['stack']} aria-hidden="true">
              {card.factors.map((factor) => (
                <span key={factor.name} className={styles[factor.name]} style={{ width: `${100 * factor.contribution}%` }} />
              ))}
            </span>
            <span>{total.toFixed(2)}</span>
            <span className="caption">
              {card.factors.map((factor, index) => `${FACTOR_NAMES[factor.name].toLowerCase()} ${terms[index]?.toFixed(2)}`).join(' + ')}{' '}
              {card.entryId === chosen ? <Chip tone={decided ? 'good' : 'wait'}>{decided ? 'chosen' : 'selected'}</Chip> : null}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
