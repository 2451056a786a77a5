/** What the specialty expects and the chart lacks, each open to "not needed" with a reason. */
import { Button, Group, TextInput } from '@mantine/core';
import type { Recommendation } from '@refloop/server/client/recommendation';
import { type FormEvent, useState } from 'react';
import { type Desk, type DeskState } from '../refer/desk.ts';
import { changeWorking } from '../refer/request-flow.ts';
import { focusNow } from '../ui/focus-now.ts';
import { plainDate } from '../words/plain-date.ts';
import styles from './NoteColumn.module.css';

type Item = Recommendation['draft']['checklist'][number];

const REQUIREMENT: Record<Item['requirement'], string> = {
  required: 'required',
  recommended: 'recommended',
  'if-available': 'if available',
};

/** What is wrong with the item, or undefined when the chart has it. */
function gapText(item: Item): string | undefined {
  const status = item.status as Item['status'] & { date?: string; maximumAgeDays?: number; why?: string };
  switch (status.kind) {
    case 'found':
      return undefined;
    case 'too-old':
      return `the newest is of ${plainDate(status.date ?? 'an unknown day')}, older than ${status.maximumAgeDays ?? 'the allowed'} days`;
    case 'missing':
      return 'not found in the chart';
    case 'not-visible':
      return `could not be looked for${status.why ? `: ${status.why}` : ''}`;
  }
}

export function Checklist({
  desk,
  state,
  recommendation,
  locked,
}: {
  desk: Desk;
  state: DeskState;
  recommendation: Recommendation;
  locked: boolean;
}) {
  const { checklist } = recommendation.draft;
  const notNeeded = new Map(state.notNeeded.map((each) => [each.itemId, each.why]));
  const gaps = checklist.filter((item) => gapText(item) !== undefined && item.requirement !== 'if-available');
  const open = gaps.filter((item) => !notNeeded.has(item.itemId));
  const set = (next: DeskState['notNeeded']) => changeWorking(desk, { notNeeded: next });
  if (gaps.length === 0) return null;
  return (
    <fieldset className={open.length > 0 ? styles['missing'] : styles['quiet']} aria-label="Checklist">
      <strong>{open.length > 0 ? 'Missing for this specialty' : 'Checklist'}</strong>
      <ul className={styles['list']}>
        {gaps.map((item) => (
          <Gap
            key={item.itemId}
            item={item}
            why={notNeeded.get(item.itemId)}
            locked={locked}
            onNotNeeded={(why) => set([...state.notNeeded.filter((each) => each.itemId !== item.itemId), { itemId: item.itemId, why }])}
            onNeeded={() => set(state.notNeeded.filter((each) => each.itemId !== item.itemId))}
          />
        ))}
      </ul>
    </fieldset>
  );
}

type GapProps = { item: Item; why: string | undefined; locked: boolean; onNotNeeded: (why: string) => void; onNeeded: () => void };

function Gap({ item, why, locked, onNotNeeded, onNeeded }: GapProps) {
  const [asking, setAsking] = useState(false);
  const [text, setText] = useState('');
  const keep = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() === '') return;
    onNotNeeded(text.trim());
    setAsking(false);
  };
  return (
    <li>
      <div className={styles['item']}>
        <span>
          {item.label} ({REQUIREMENT[item.requirement]}): {why === undefined ? gapText(item) : `not needed, ${why}`}.{' '}
          <a href={item.citation.url} target="_blank" rel="noreferrer">
            {item.citation.title}
          </a>
        </span>
        {locked ? null : why === undefined ? (
          <button type="button" className="link" onClick={() => setAsking(true)} aria-label={`Not needed: ${item.label}`}>
            Not needed…
          </button>
        ) : (
          <button type="button" className="link" onClick={onNeeded} aria-label={`Needed after all: ${item.label}`}>
            Needed after all
          </button>
        )}
      </div>
      {asking ? (
        <form onSubmit={keep}>
          <Group gap={8} align="end" mt={4}>
            <TextInput
              ref={focusNow}
              label="Why it is not needed"
              maxLength={300}
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
            />
            <Button type="submit" variant="default">
              Keep
            </Button>
            <Button variant="subtle" onClick={() => setAsking(false)}>
              Cancel
            </Button>
          </Group>
        </form>
      ) : null}
    </li>
  );
}
