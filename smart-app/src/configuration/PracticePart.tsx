/** How the practice shows itself to offices and patients: name, number, colour, and what their pages and papers look like with them. */
import { TextInput } from '@mantine/core';
import type { CSSProperties, ReactNode } from 'react';
import versions from '../versions/Versions.module.css';
import styles from './Configuration.module.css';
import type { PartProps } from './part.ts';

/** Refloop's accent on light pages (ui/tokens.css). */
const OWN_ACCENT = '#0b6e69';
const HEX = /^#[0-9a-f]{6}$/i;

export function PracticePart({ answer: { entry }, content, changes, faultOf, onChange }: PartProps) {
  const { practice } = content;
  const put = (part: Partial<typeof practice>) => onChange({ ...content, practice: { ...practice, ...part } });
  const field = (part: keyof typeof practice, label: string, description: string, placeholder: string, beside?: ReactNode) => (
    <TextInput
      label={label}
      description={description}
      placeholder={placeholder}
      value={practice[part] ?? ''}
      readOnly={!changes}
      error={faultOf(`practice.${part}`)}
      maxLength={200}
      {...(beside ? { rightSection: beside, rightSectionWidth: 48, rightSectionPointerEvents: 'all' as const } : {})}
      onChange={(event) => put({ [part]: event.currentTarget.value })}
    />
  );
  const accent = practice.accent?.trim() ?? '';
  // Within the field, so that it keeps its place whatever is said below.
  const swatch = (
    <input
      type="color"
      className={styles['swatch']}
      aria-label="Pick the colour"
      value={HEX.test(accent) ? accent : OWN_ACCENT}
      onChange={(event) => put({ accent: event.currentTarget.value })}
    />
  );
  return (
    <section className={versions['part']} aria-labelledby="practice">
      <h2 id="practice">The practice</h2>
      <div className={styles['practice']}>
        <div className={styles['fields']}>
          {field('name', 'Name', 'On the pages of offices and patients, in messages and on the packet.', entry.name)}
          {field('phone', 'Number to call', 'Where patients and offices reach you.', entry.phone || 'none in the site file')}
          {field('accent', 'Colour', 'Dark enough to be read on white.', OWN_ACCENT, changes ? swatch : undefined)}
        </div>
        <Sample
          name={practice.name?.trim() || entry.name}
          phone={practice.phone?.trim() || entry.phone}
          accent={HEX.test(accent) && faultOf('practice.accent') === undefined ? accent : OWN_ACCENT}
        />
      </div>
    </section>
  );
}

type SampleProps = { name: string; phone: string; accent: string };

/** Light whatever the reader's own page is: so are those of offices and patients, and paper. */
function Sample({ name, phone, accent }: SampleProps) {
  return (
    <figure className={styles['sample']} style={{ '--sample-accent': accent } as CSSProperties} aria-label="How it looks">
      <figcaption className="caption">How it looks</figcaption>
      <div className={styles['sheet']}>
        <p className={styles['brand']}>{name}</p>
        <p className={styles['title']}>Your visit can be booked</p>
        <span className={styles['press']}>Tue, Dec 1, 9:00 AM</span>
        <p>
          Questions? Call <span className={styles['number']}>{phone || 'the number on your papers'}</span>
        </p>
      </div>
      <div className={`${styles['sheet']} ${styles['paper']}`}>
        <p className={styles['letterhead']}>
          {name}
          {phone === '' ? '' : ` · Call ${phone}`}
        </p>
        <p className={styles['title']}>Referral to cardiology</p>
      </div>
    </figure>
  );
}
