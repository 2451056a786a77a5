/** One specialist at one place: everything the choice rests on, nothing that changes size when it is chosen. */
import { Box, Tooltip } from '@mantine/core';
import { languageName } from '@refloop/domain/matching/plain-words';
import { type ReactNode, useId } from 'react';
import type { CardFacts } from '../refer/desk.ts';
import { Chip } from '../ui/Chip.tsx';
import { shortDay, thisYear } from '../words/plain-date.ts';
import { exclusionText, milesText, networkSource, networkText } from './card-words.ts';
import { FactorBars } from './FactorBars.tsx';
import styles from './MatchCard.module.css';

/** Exclusions the network chip has already said. */
const SAID_BY_CHIP = new Set(['network-unknown', 'out-of-network']);

type Props = {
  card: CardFacts;
  chosen: boolean;
  /** Nobody is chosen any more. */
  locked?: boolean;
  onChoose: () => void;
  children?: ReactNode;
};

export function MatchCard({ card, chosen, locked = false, onChoose, children }: Props) {
  const id = useId();
  const year = thisYear();
  const network = networkText(card, year);
  const { wait, rating } = card;
  const foreign = card.languages.filter((language) => !language.startsWith('en'));
  return (
    <div className={`${styles['card']} ${chosen ? styles['chosen'] : ''}`}>
      <label className={styles['label']}>
        <input
          type="radio"
          name="specialist"
          value={card.entryId}
          checked={chosen}
          disabled={locked}
          onChange={onChoose}
          aria-labelledby={`${id}-name`}
          aria-describedby={`${id}-place ${id}-facts`}
          className={styles['radio']}
        />
        <span className={styles['main']}>
          <span className={styles['head']}>
            <span id={`${id}-name`} className={styles['name']}>
              {card.name}
              {card.credential && !card.name.includes(card.credential) ? `, ${card.credential}` : ''}
            </span>
            {card.rank === null ? null : <span className={`${styles['rank']} num`}>{card.rank}</span>}
          </span>
          <span id={`${id}-place`} className={styles['place']}>
            {[card.specialtyName, card.organization].filter(Boolean).join(' · ')}
          </span>
          <span id={`${id}-facts`} className={`${styles['facts']} num`}>
            <Tooltip label={networkSource(card, year)} events={{ hover: true, focus: true, touch: true }} multiline maw={280}>
              <Box component="span" tabIndex={0} className={styles['tip'] ?? ''}>
                <Chip tone={network.tone}>{network.text}</Chip>
              </Box>
            </Tooltip>
            <span>
              <b>{milesText(card)}</b>
            </span>
            {wait ? (
              <span>
                wait{' '}
                <b>
                  {wait.days} {wait.days === 1 ? 'day' : 'days'}
                </b>{' '}
                as listed {shortDay(wait.asOf, year)}
              </span>
            ) : (
              <span>no wait listed</span>
            )}
            {rating ? (
              <span>
                rated <b>{rating.stars.toFixed(1)}</b> of 5 <small>n {rating.count}</small>
              </span>
            ) : (
              <span>no rating</span>
            )}
            {foreign.map((language) => (
              <span key={language}>{languageName(language)}</span>
            ))}
            {card.interpreterOnSite ? <span>Interpreter on site</span> : null}
            {card.telehealth ? <span>Telehealth</span> : null}
          </span>
        </span>
      </label>
      <div className={styles['detail']}>
        {card.factors.length > 0 ? <FactorBars factors={card.factors} /> : null}
        {card.why.length > 0 ? <p className={styles['why']}>{card.why.join('. ')}.</p> : null}
        {card.exclusion && !SAID_BY_CHIP.has(card.exclusion) ? (
          <p className={styles['attention']}>Not among the ranked: {exclusionText(card.exclusion)}.</p>
        ) : null}
        {card.callToConfirm.length > 0 ? (
          <p className={styles['attention']}>
            Call to confirm{card.phone ? ` (${card.phone})` : ''}: {card.callToConfirm.join(' ')}
          </p>
        ) : null}
        <p className="caption num">
          {[card.address, card.phone ? `Phone ${card.phone}` : undefined, `NPI ${card.npi}`].filter(Boolean).join(' · ')}
        </p>
        {children}
      </div>
    </div>
  );
}
