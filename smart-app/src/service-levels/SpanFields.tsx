/** A time for each urgency: an amount and the clock it runs on. */
import { NativeSelect, TextInput } from '@mantine/core';
import { isUnit, type TypedSpans, UNITS, URGENCIES, type Urgency } from './policy-draft.ts';
import styles from './ServiceLevels.module.css';

type Props = {
  label: string;
  value: TypedSpans;
  /** The urgency whose amount cannot be read. */
  wrong: Urgency | undefined;
  onChange: (value: TypedSpans) => void;
};

export function SpanFields({ label, value, wrong, onChange }: Props) {
  return (
    <fieldset className={styles['spans']}>
      <legend>{label}</legend>
      {URGENCIES.map((urgency) => (
        <div key={urgency} className={styles['span']}>
          <TextInput
            label={urgency}
            inputMode="numeric"
            value={value[urgency].amount}
            error={wrong === urgency ? 'A whole number; 0 is at once.' : undefined}
            maxLength={5}
            onChange={(event) => onChange({ ...value, [urgency]: { ...value[urgency], amount: event.currentTarget.value } })}
          />
          <NativeSelect
            aria-label={`${label}, ${urgency}: counted in`}
            value={value[urgency].unit}
            data={UNITS.map((unit) => ({ value: unit.value, label: unit.label }))}
            onChange={(event) => {
              const unit = event.currentTarget.value;
              if (isUnit(unit)) onChange({ ...value, [urgency]: { ...value[urgency], unit } });
            }}
          />
        </div>
      ))}
    </fieldset>
  );
}
