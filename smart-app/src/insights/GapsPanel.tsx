/** Gaps between groups of patients, one measure at a time: drawn around zero, the table behind, and what could have been missed. */
import { NativeSelect } from '@mantine/core';
import type { FairnessAnswer, Gap } from '@refloop/server/client/fairness';
import { useState } from 'react';
import { ChartOrTable } from './ChartOrTable.tsx';
import { DataTable } from './DataTable.tsx';
import { FairnessMeaning } from './FairnessMeaning.tsx';
import { countText, pointsText, valueText } from './figures.ts';
import { GapRows, largestOf } from './GapRows.tsx';
import { GROUPING_NAMES, inOrder, leadText, levelText, type Measure, memberText, verdictText } from './gap-words.ts';
import styles from './Insights.module.css';
import { RowsButton } from './RowsButton.tsx';

type Props = { gaps: FairnessAnswer['gaps']; onRows: (gap: Gap, measure: Measure) => void };

export function GapsPanel({ gaps, onRows }: Props) {
  const [chosen, setChosen] = useState(gaps.measures[0]?.id);
  const measure = gaps.measures.find(({ id }) => id === chosen) ?? gaps.measures[0];
  if (!measure) return null;
  const own = gaps.gaps.filter((gap) => gap.measure === measure.id);
  const groupings = [...new Set(own.map(({ grouping }) => grouping))];
  const most = largestOf(own);
  return (
    <section className={`${styles['panel']} ${styles['wide']}`} aria-labelledby="gaps">
      <h2 id="gaps">Gaps between groups of patients</h2>
      <p>{leadText(gaps, gaps.measures)}</p>
      <NativeSelect
        className={styles['choice']}
        label="Measure"
        value={measure.id}
        data={gaps.measures.map(({ id, title, better }) => ({
          value: id,
          label: `${title}${better === null ? '' : ` (${better} is better)`}`,
        }))}
        onChange={(event) => setChosen(event.currentTarget.value)}
      />
      <p className="caption">{measure.definition}</p>
      {own.length === 0 ? null : (
        <p className="caption">
          One scale for all groups, from {pointsText(-most)} to {pointsText(most)} points around no gap.
        </p>
      )}
      {own.length === 0 ? <p>No group is named in these referrals.</p> : null}
      {groupings.map((grouping) => {
        const rows = inOrder(own.filter((gap) => gap.grouping === grouping));
        return (
          <div key={grouping}>
            <ChartOrTable
              caption={`${GROUPING_NAMES[grouping]}: each against all others, points, ${levelText(gaps.level)} intervals`}
              chart={
                <GapRows most={most} measure={measure} name={GROUPING_NAMES[grouping]} gaps={rows} onRows={(gap) => onRows(gap, measure)} />
              }
              table={<GapTable measure={measure} gaps={rows} onRows={(gap) => onRows(gap, measure)} />}
            />
          </div>
        );
      })}
      <FairnessMeaning about={gaps.about} level={levelText(gaps.level)} />
    </section>
  );
}

type TableProps = { measure: Measure; gaps: readonly Gap[]; onRows: (gap: Gap) => void };

const GapTable = ({ measure, gaps, onRows }: TableProps) => (
  <DataTable
    label={`${measure.title}: gaps`}
    columns={[
      'Group',
      'n',
      'Share',
      'Others, n',
      'Share of others',
      'Gap in points',
      'Interval',
      'Could have missed below',
      { name: 'Verdict', words: true },
      'Rows',
    ]}
  >
    {gaps.map((gap) => (
      <tr key={gap.member}>
        <th scope="row">{memberText(gap)}</th>
        <td>{countText(gap.n)}</td>
        <td>{valueText(gap.found?.share ?? null, 'share')}</td>
        <td>{countText(gap.restN)}</td>
        <td>{valueText(gap.found?.restShare ?? null, 'share')}</td>
        <td>{gap.found === null ? '–' : pointsText(gap.found.value)}</td>
        <td>{gap.found === null ? '–' : `${pointsText(gap.found.low)} to ${pointsText(gap.found.high)}`}</td>
        <td>{gap.found === null ? '–' : pointsText(gap.found.detectable).slice(1)}</td>
        <td data-words>{verdictText(gap, measure)}</td>
        <td>
          {gap.found === null ? null : <RowsButton about={`Rows behind ${measure.title}, ${memberText(gap)}`} onRows={() => onRows(gap)} />}
        </td>
      </tr>
    ))}
  </DataTable>
);
