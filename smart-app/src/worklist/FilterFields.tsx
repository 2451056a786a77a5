/** What the list can be narrowed by, beside its views. A name that is looked for stays in the page and is in no address. */
import { NativeSelect, TextInput } from '@mantine/core';
import { type Choices, hashOf, URGENCIES, type WorklistFilter } from './filter.ts';
import styles from './Worklist.module.css';

type Props = {
  filter: WorklistFilter;
  choices: Choices;
  found: string;
  onFound: (words: string) => void;
};

const show = (filter: WorklistFilter): void => {
  location.hash = hashOf(filter);
};

export function FilterFields({ filter, choices, found, onFound }: Props) {
  const go = (changed: Partial<WorklistFilter>) => show({ ...filter, ...changed });
  const field = (
    label: string,
    all: string,
    value: string | undefined,
    data: { value: string; label: string }[],
    set: (to: string) => void,
  ) => (
    <NativeSelect
      aria-label={label}
      value={value ?? ''}
      data={[{ value: '', label: all }, ...data]}
      onChange={(event) => set(event.currentTarget.value)}
    />
  );
  return (
    <div className={styles['fields']}>
      <TextInput
        type="search"
        aria-label="Find a patient, an office or a step"
        title="Find a patient, an office or a step"
        placeholder="Find in the list"
        value={found}
        onChange={(event) => onFound(event.currentTarget.value)}
      />
      {field(
        'Specialty',
        'Every specialty',
        filter.specialty,
        choices.specialties.map((name) => ({ value: name, label: name })),
        (specialty) => go({ specialty: specialty || undefined }),
      )}
      {field(
        'Urgency',
        'Every urgency',
        filter.urgency,
        URGENCIES.map((urgency) => ({ value: urgency, label: urgency })),
        (chosen) => go({ urgency: URGENCIES.find((urgency) => urgency === chosen) }),
      )}
      {field(
        'Owner',
        'Every owner',
        filter.owner,
        choices.owners.map(({ subject, name }) => ({ value: subject, label: name })),
        (owner) => go({ owner: owner || undefined }),
      )}
      <NativeSelect
        aria-label="Order"
        title="By deadline: the earliest first. By risk: the most at risk first, then who has waited longest."
        value={filter.order}
        data={[
          { value: 'deadline', label: 'By deadline' },
          { value: 'urgency', label: 'By risk, then by wait' },
        ]}
        onChange={(event) => go({ order: event.currentTarget.value === 'urgency' ? 'urgency' : 'deadline' })}
      />
    </div>
  );
}
