/** Further specialists that the clinician approves with the chosen one, so that nobody has to come back for it. */
import { MOST_ALTERNATES } from '@refloop/domain/referral/event';
import { type CardFacts, cardOf, type Desk, type DeskState } from '../refer/desk.ts';
import { changeWorking } from '../refer/request-flow.ts';
import { Chip } from '../ui/Chip.tsx';
import { thisYear } from '../words/plain-date.ts';
import styles from './Alternates.module.css';
import { offeredIn, tickedIn, toggled } from './alternates.ts';
import { milesText, networkText } from './card-words.ts';

export function Alternates({ desk, state, locked }: { desk: Desk; state: DeskState; locked: boolean }) {
  const offered = offeredIn(state);
  const chosen = cardOf(state, state.choice.entryId);
  if (!chosen || offered.length === 0) return null;
  const ticked = tickedIn(state);
  if (locked) return <Approved cards={offered.filter((card) => ticked.includes(card.entryId))} />;
  const full = ticked.length >= MOST_ALTERNATES;
  return (
    <fieldset className={styles['alternates']}>
      <legend>If {chosen.name} cannot, or the patient prefers, these may be asked too</legend>
      <p className="caption">
        You approve them with this referral; at most {MOST_ALTERNATES}. The patient may choose among them until a visit is booked. Nobody
        else is asked before you, or who covers for you, approves them.
      </p>
      {offered.map((card) => {
        const on = ticked.includes(card.entryId);
        const network = networkText(card, thisYear());
        return (
          <label key={card.entryId} className={styles['alternate']}>
            <input
              type="checkbox"
              checked={on}
              disabled={full && !on}
              onChange={() => changeWorking(desk, { alternates: toggled(desk.store.get(), card.entryId) })}
            />
            <span>
              {card.name}
              {card.credential && !card.name.includes(card.credential) ? `, ${card.credential}` : ''}
            </span>
            <span className={`${styles['facts']} num`}>
              <Chip tone={network.tone}>{network.text}</Chip>
              <span>{[card.organization, milesText(card)].filter(Boolean).join(' · ')}</span>
            </span>
          </label>
        );
      })}
    </fieldset>
  );
}

/** Once it is approved: who was approved with it, and no box to tick. */
function Approved({ cards }: { cards: readonly CardFacts[] }) {
  if (cards.length === 0) return null;
  return (
    <section className={styles['alternates']} aria-label="Approved besides">
      <p>Approved besides: {cards.map(({ name }) => name).join('; ')}.</p>
    </section>
  );
}
