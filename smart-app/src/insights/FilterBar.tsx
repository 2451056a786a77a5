/** Which referrals are looked at: the filter is the address, and applies to every view that can take it. */
import { NativeSelect } from '@mantine/core';
import { type InsightsStatus, SEGMENT_NAMES, type SegmentName } from '@refloop/server/client/insights';
import { segmentText } from './figures.ts';
import { type Filter, filterTrouble } from './filter.ts';
import styles from './Insights.module.css';

type Props = {
  filter: Filter;
  choices: InsightsStatus['choices'];
  /** Whether the view is told apart by what is chosen here. */
  tellsApart: boolean;
  onFilter: (filter: Filter) => void;
};

export function FilterBar({ filter, choices, tellsApart, onFilter }: Props) {
  const select = (key: 'specialty' | 'site' | 'payer' | 'from' | 'to', label: string, all: string, values: readonly string[]) => (
    <NativeSelect
      label={label}
      value={filter[key] ?? ''}
      onChange={(event) => onFilter({ ...filter, [key]: event.currentTarget.value || undefined })}
      data={[
        { value: '', label: all },
        ...withChosen(values, filter[key]).map((value) => ({
          value,
          label: segmentText({ [key === 'from' || key === 'to' ? 'month' : key]: value }),
        })),
      ]}
    />
  );
  const trouble = filterTrouble(filter, choices);
  return (
    <>
      <form className={styles['filters']} aria-label="What is looked at" onSubmit={(event) => event.preventDefault()}>
        {select('from', 'Ordered from', 'the first month', choices.months)}
        {select('to', 'to', 'the last month', choices.months)}
        {select('specialty', 'Specialty', 'All specialties', choices.specialty)}
        {select('site', 'Site', 'All sites', choices.site)}
        {select('payer', 'Payer', 'All payers', choices.payer)}
        {tellsApart ? (
          <NativeSelect
            label="Told apart by"
            value={filter.by}
            onChange={(event) => onFilter({ ...filter, by: event.currentTarget.value as SegmentName })}
            data={SEGMENT_NAMES.map((name) => ({ value: name, label: name }))}
          />
        ) : null}
      </form>
      {trouble === undefined ? null : <p role="alert">{trouble}</p>}
    </>
  );
}

/** What the address has is shown even where there is no such thing: else all would seem to be looked at. */
const withChosen = (values: readonly string[], chosen: string | undefined): readonly string[] =>
  chosen === undefined || values.includes(chosen) ? values : [chosen, ...values];
