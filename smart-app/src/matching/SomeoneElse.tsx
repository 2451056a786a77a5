/** A specialist somebody named (R29): searched by name in the whole directory, the insurance checked before choosing. */
import { Button, Modal, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { CardFacts, Desk } from '../refer/desk.ts';
import { changeWorking } from '../refer/request-flow.ts';
import { Chip } from '../ui/Chip.tsx';
import { thisYear } from '../words/plain-date.ts';
import { exclusionText, milesText, networkText } from './card-words.ts';
import styles from './MatchesColumn.module.css';
import { chooseNamed, searchByName } from './match-flow.ts';

type Answer = { words: string } & ({ kind: 'found'; total: number; cards: CardFacts[] } | { kind: 'refused'; text: string });

const QUIET_MILLISECONDS = 250;
const LEAST_CHARACTERS = 2;

export function SomeoneElse({ desk, opened, onClose }: { desk: Desk; opened: boolean; onClose: () => void }) {
  const [text, setText] = useState('');
  const [answer, setAnswer] = useState<Answer>();
  const words = text.trim();

  useEffect(() => {
    if (!opened || words.length < LEAST_CHARACTERS) return undefined;
    let newest = true;
    const timer = setTimeout(() => {
      void searchByName(desk, words).then((found) => {
        if (!newest) return;
        setAnswer('refused' in found ? { words, kind: 'refused', text: found.refused } : { words, kind: 'found', ...found });
      });
    }, QUIET_MILLISECONDS);
    return () => {
      newest = false;
      clearTimeout(timer);
    };
  }, [desk, opened, words]);

  // The last answer stays until the next is there; too few letters ask nothing.
  const found = words.length < LEAST_CHARACTERS ? undefined : answer;
  const take = (card: CardFacts) => {
    chooseNamed(desk, card);
    changeWorking(desk, {});
    onClose();
  };
  return (
    <Modal opened={opened} onClose={onClose} title="Someone else" size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <TextInput
        data-autofocus
        label="Name of the specialist or practice"
        description="Any specialist of the directory, in network or not."
        value={text}
        maxLength={80}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <output className="caption">
        {found?.kind === 'found'
          ? found.total === 0
            ? 'Nobody of this name in the directory.'
            : `${found.total} found${found.total > found.cards.length ? `, the first ${found.cards.length} shown` : ''}.`
          : ''}
        {found?.kind === 'refused' ? `The search failed. ${found.text}` : ''}
      </output>
      {found?.kind === 'found' ? (
        <ul className={styles['results']}>
          {found.cards.map((card) => {
            const network = networkText(card, thisYear());
            return (
              <li key={card.entryId} className={styles['result']}>
                <div>
                  <strong>{card.name}</strong>
                  <div className={`${styles['resultFacts']} num`}>
                    <span>{[card.specialtyName, card.organization].filter(Boolean).join(' · ')}</span>
                    <Chip tone={network.tone}>{network.text}</Chip>
                    <span>{milesText(card)}</span>
                  </div>
                  <div className="caption num">{card.address}</div>
                  {card.exclusion ? <div className="caption">Not among the ranked: {exclusionText(card.exclusion)}</div> : null}
                </div>
                <Button variant="default" onClick={() => take(card)} aria-label={`Choose ${card.name}`}>
                  Choose
                </Button>
              </li>
            );
          })}
        </ul>
      ) : null}
    </Modal>
  );
}
