/** Which payers ask for no authorization: a packet then says so by itself, with the version of the rule, and nobody is asked. */
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { SPECIALTIES, specialtyById } from '@refloop/domain/clinical/specialty';
import { type FormEvent, useState } from 'react';
import versions from '../versions/Versions.module.css';
import styles from './Configuration.module.css';
import type { PartProps } from './part.ts';

const ALL = '';
const nameOf = (specialty: string | null): string =>
  specialty === null ? 'every specialty' : (specialtyById(specialty)?.name ?? specialty);

export function AuthorizationPart({ content, changes, faultOf, onChange }: PartProps) {
  const { noAuthorization = [] } = content;
  return (
    <section className={versions['part']} aria-labelledby="authorization">
      <h2 id="authorization">Authorization by payers</h2>
      <p className="caption">
        Payers that ask for no authorization, named as coverages name them. The packet says so by itself, with the version of this rule. For
        all others a coordinator says it with the sending.
      </p>
      {noAuthorization.length === 0 ? <p className="caption">No payer is named.</p> : null}
      <ul className={styles['rules']}>
        {noAuthorization.map(({ payer, specialty }, index) => (
          <li key={`${payer} ${specialty ?? ALL}`}>
            <span>
              {payer}: {nameOf(specialty)}
              <Fault words={faultOf(`noAuthorization.${payer}.${specialty ?? 'all'}`)} />
            </span>
            {changes ? (
              <button
                type="button"
                className="link"
                aria-label={`Take out: ${payer}, ${nameOf(specialty)}`}
                onClick={() => onChange({ ...content, noAuthorization: noAuthorization.filter((_, place) => place !== index) })}
              >
                Take out
              </button>
            ) : null}
          </li>
        ))}
      </ul>
      {changes ? <Adding onAdd={(rule) => onChange({ ...content, noAuthorization: [...noAuthorization, rule] })} /> : null}
    </section>
  );
}

const Fault = ({ words }: { words: string | undefined }) =>
  words === undefined ? null : <span className={styles['fault']}> {words}</span>;

function Adding({ onAdd }: { onAdd: (rule: { payer: string; specialty: string | null }) => void }) {
  const [payer, setPayer] = useState('');
  const [specialty, setSpecialty] = useState(ALL);
  const [wrong, setWrong] = useState('');
  const add = (event: FormEvent) => {
    event.preventDefault();
    if (payer.trim().length < 2) return setWrong('Name the payer.');
    setWrong('');
    onAdd({ payer: payer.trim(), specialty: specialty === ALL ? null : specialty });
    return setPayer('');
  };
  return (
    <form className={styles['adding']} onSubmit={add}>
      <TextInput label="Payer" value={payer} error={wrong} maxLength={100} onChange={(event) => setPayer(event.currentTarget.value)} />
      <NativeSelect
        label="Specialty"
        value={specialty}
        data={[{ value: ALL, label: 'Every specialty' }, ...SPECIALTIES.map(({ id, name }) => ({ value: id, label: name }))]}
        onChange={(event) => setSpecialty(event.currentTarget.value)}
      />
      <Button type="submit" variant="default">
        Add
      </Button>
    </form>
  );
}
