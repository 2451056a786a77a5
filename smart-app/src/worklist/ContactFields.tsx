/** What the forms about how somebody is reached have in common. */
import { NativeSelect } from '@mantine/core';

type ChoiceProps<Value extends string> = {
  label: string;
  value: Value;
  names: Readonly<Record<Value, string>>;
  /** Of the choices; as they are named unless told. */
  order?: readonly Value[];
  onChange: (value: Value) => void;
};

export function Choice<Value extends string>({ label, value, names, order, onChange }: ChoiceProps<Value>) {
  const values = order ?? (Object.keys(names) as Value[]);
  return (
    <NativeSelect
      label={label}
      value={value}
      data={values.map((each) => ({ value: each, label: names[each] }))}
      onChange={(event) => {
        const chosen = values.find((each) => each === event.currentTarget.value);
        if (chosen !== undefined) onChange(chosen);
      }}
    />
  );
}

type WantedProps = {
  label: string;
  /** By the patient’s own word. */
  isEnded: boolean;
  value: boolean | null;
  error: string | undefined;
  onChange: (wanted: boolean | null) => void;
};

export function Wanted({ label, isEnded, value, error, onChange }: WantedProps) {
  return (
    <NativeSelect
      label={label}
      description={isEnded ? 'The patient ended them, so only they begin them again: texts by START, both on their page.' : undefined}
      value={value === null ? 'unsaid' : value ? 'yes' : 'no'}
      error={error}
      data={[
        { value: 'unsaid', label: 'They said nothing about it' },
        { value: 'yes', label: 'They want them', disabled: isEnded },
        { value: 'no', label: 'They do not want them' },
      ]}
      onChange={(event) => onChange(event.currentTarget.value === 'unsaid' ? null : event.currentTarget.value === 'yes')}
    />
  );
}
