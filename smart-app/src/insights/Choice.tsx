/** One of a few, as keys beside each other. */
import { Button } from '@mantine/core';
import styles from './Insights.module.css';

type Props<Value extends string> = {
  legend: string;
  choices: readonly { value: Value; label: string }[];
  chosen: Value;
  onChoose: (value: Value) => void;
};

export const Choice = <Value extends string>({ legend, choices, chosen, onChoose }: Props<Value>) => (
  <fieldset className={styles['parts']}>
    <legend className="caption">{legend}</legend>
    {choices.map(({ value, label }) => (
      <Button key={value} size="compact-sm" variant="default" aria-pressed={value === chosen} onClick={() => onChoose(value)}>
        {label}
      </Button>
    ))}
  </fieldset>
);
