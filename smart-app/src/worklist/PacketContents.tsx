/** What goes, item by item, with why; each can be taken out and put back. Then what the packet has to hold. */
import { Button, TextInput } from '@mantine/core';
import type { PacketItemView, Way } from '@refloop/server/client/packet';
import { type FormEvent, useState } from 'react';
import { Chip } from '../ui/Chip.tsx';
import { plainDate } from '../words/plain-date.ts';
import styles from './Packet.module.css';
import type { PacketFlow } from './packet-flow.ts';
import { becauseWords, filesNote, fileWords, SECTION_NAMES, STANDING_NAMES } from './packet-words.ts';

const sectionsOf = (items: readonly PacketItemView[]): PacketItemView['section'][] => [...new Set(items.map(({ section }) => section))];

/** @param way it goes, as it is chosen now: by some a file is no page, or does not go */
export function PacketContents({ flow, way }: { flow: PacketFlow; way: Way }) {
  const { packet } = flow;
  const going = packet.items.filter(({ removed }) => !removed).length;
  const note = filesNote(packet, way);
  const isToOpen = packet.holds.some(({ kind }) => kind === 'to-be-checked') && packet.items.some(({ file }) => file?.goes && file.unread);
  const missing = packet.requirements.filter(({ standing }) => standing === 'missing' || standing === 'not-visible').length;
  return (
    <>
      <details className={styles['part']} open={isToOpen}>
        <summary>
          What goes: the note, and {going === 1 ? 'one item' : `${going} items`} of the chart
          {going === packet.items.length ? '' : `, ${packet.items.length - going} taken out`}
        </summary>
        {sectionsOf(packet.items).map((section) => (
          <section key={section} aria-label={SECTION_NAMES[section]}>
            <h4>{SECTION_NAMES[section]}</h4>
            <ul className={styles['items']}>
              {packet.items
                .filter((item) => item.section === section)
                .map((item) => (
                  <Item key={item.id} item={item} flow={flow} way={way} />
                ))}
            </ul>
          </section>
        ))}
      </details>
      {note === '' ? null : <p className="caption">{note}</p>}
      <details className={styles['part']} open={missing > 0}>
        <summary>What it has to hold{missing === 0 ? ': all is there' : `: ${missing} missing`}</summary>
        <ul className={styles['items']}>
          {packet.requirements.map(({ id, label, standing }) => (
            <li key={id}>
              <span>{label}</span>
              <Chip tone={standing === 'in' ? 'good' : standing === 'not-needed' ? 'info' : 'warn'}>{STANDING_NAMES[standing]}</Chip>
            </li>
          ))}
        </ul>
        <Callback flow={flow} />
      </details>
    </>
  );
}

function Item({ item, flow: { packet, busy, change, openFile }, way }: { item: PacketItemView; flow: PacketFlow; way: Way }) {
  const { id, title, detail, date, removed, file } = item;
  const opens = file?.goes && !removed ? file : undefined;
  const number = 1 + packet.items.filter((each) => each.file?.goes).indexOf(item);
  return (
    <li>
      <span className={removed ? styles['removed'] : undefined}>
        {title}
        {detail === '' ? '' : `: ${detail}`}{' '}
        <span className="caption num">
          {[date === '' ? '' : plainDate(date), becauseWords(item), fileWords(item, way), opens?.unread ? 'only a person can read it' : '']
            .filter(Boolean)
            .join(' · ')}
          {removed ? ' · taken out' : ''}
        </span>
      </span>
      <span className={styles['ends']}>
        {opens ? (
          <button
            type="button"
            className="link"
            disabled={busy}
            aria-label={`Open the file: ${title}`}
            onClick={() => void openFile(number, opens)}
          >
            Open the file
          </button>
        ) : null}
        <button
          type="button"
          className="link"
          disabled={busy}
          aria-label={`${removed ? 'Put back' : 'Take out'}: ${title}`}
          onClick={() => void change(removed ? { change: 'restore', item: id } : { change: 'remove', item: id })}
        >
          {removed ? 'Put back' : 'Take out'}
        </button>
      </span>
    </li>
  );
}

/** What only people know: where to call back, and the teeth of a dental packet. */
function Callback({ flow: { packet, busy, change } }: { flow: PacketFlow }) {
  const [number, setNumber] = useState(packet.callback);
  const [teeth, setTeeth] = useState(packet.teeth.join(', '));
  const asksTeeth = packet.requirements.some(({ id }) => id === 'dental-tooth');
  const keep = async (event: FormEvent) => {
    event.preventDefault();
    if (number.trim() !== packet.callback) await change({ change: 'callback', number: number.trim() });
    const named = teeth
      .split(/[\s,]+/)
      .filter((tooth) => tooth !== '')
      .map((tooth) => tooth.toUpperCase());
    if (asksTeeth && named.join() !== packet.teeth.join()) await change({ change: 'teeth', teeth: named });
  };
  return (
    <form className={styles['row']} onSubmit={(event) => void keep(event)}>
      <TextInput label="Number to call back" value={number} maxLength={40} onChange={(event) => setNumber(event.currentTarget.value)} />
      {asksTeeth ? (
        <TextInput label="Teeth, by number" value={teeth} maxLength={100} onChange={(event) => setTeeth(event.currentTarget.value)} />
      ) : null}
      <Button type="submit" variant="default" loading={busy}>
        Keep
      </Button>
    </form>
  );
}
