/** Which number, of what, beyond what, told to whom. */
import { Button, NativeSelect, TextInput } from '@mantine/core';
import type { AlertsAnswer, NewAlertRule } from '@refloop/server/client/alerts';
import type { InsightsStatus } from '@refloop/server/client/insights';
import { useState } from 'react';
import { thresholdOf } from './alert-threshold.ts';
import { segmentText } from './figures.ts';
import styles from './Insights.module.css';

type Props = Pick<AlertsAnswer, 'measures' | 'owners'> & {
  choices: InsightsStatus['choices'];
  onAdd: (rule: NewAlertRule) => Promise<void>;
  onCancel: () => void;
};

export function AlertRuleForm({ measures, owners, choices, onAdd, onCancel }: Props) {
  const [metric, setMetric] = useState(measures[0]?.id ?? '');
  const [specialty, setSpecialty] = useState('');
  const [site, setSite] = useState('');
  const [direction, setDirection] = useState<NewAlertRule['direction']>('above');
  const [limit, setLimit] = useState('');
  const [owner, setOwner] = useState(owners[0]?.subject ?? '');
  const [tried, setTried] = useState(false);
  const unit = measures.find(({ id }) => id === metric)?.unit ?? 'count';
  const threshold = thresholdOf(limit, unit);
  const wanted = unit === 'share' ? 'A number from 0 to 100' : 'A number from 0 on';
  const all = (label: string, values: readonly string[], key: 'specialty' | 'site') => [
    { value: '', label },
    ...values.map((value) => ({ value, label: segmentText({ [key]: value }) })),
  ];
  if (owners.length === 0)
    return <p className="caption">Nobody can own an alert yet: an administrator gives the role of lead or coordinator under Access.</p>;
  return (
    <form
      className={styles['form']}
      aria-label="New alert"
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (threshold === undefined) return;
        const segment = { ...(specialty === '' ? {} : { specialty }), ...(site === '' ? {} : { site }) };
        void onAdd({ metric, segment, direction, threshold, owner });
      }}
    >
      <NativeSelect
        label="Number"
        value={metric}
        onChange={(event) => setMetric(event.currentTarget.value)}
        data={measures.map(({ id, title }) => ({ value: id, label: title }))}
      />
      <NativeSelect
        label="Of specialty"
        value={specialty}
        onChange={(event) => setSpecialty(event.currentTarget.value)}
        data={all('All specialties', choices.specialty, 'specialty')}
      />
      <NativeSelect
        label="Of site"
        value={site}
        onChange={(event) => setSite(event.currentTarget.value)}
        data={all('All sites', choices.site, 'site')}
      />
      <NativeSelect
        label="Told when it lies"
        value={direction}
        onChange={(event) => setDirection(event.currentTarget.value === 'below' ? 'below' : 'above')}
        data={['above', 'below']}
      />
      <TextInput
        label={unit === 'share' ? 'Threshold, %' : unit === 'days' || unit === 'minutes' ? `Threshold, ${unit}` : 'Threshold'}
        value={limit}
        inputMode="decimal"
        onChange={(event) => setLimit(event.currentTarget.value)}
        error={tried && threshold === undefined ? wanted : undefined}
      />
      <NativeSelect
        label="Owner"
        value={owner}
        onChange={(event) => setOwner(event.currentTarget.value)}
        data={owners.map(({ subject, name }) => ({ value: subject, label: name }))}
      />
      <span className={styles['actions']}>
        <Button type="submit">Add</Button>
        <Button variant="default" onClick={onCancel}>
          Cancel
        </Button>
      </span>
    </form>
  );
}
