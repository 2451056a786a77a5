/** Gaps between groups of patients, one measure at a time: drawn around zero, the table behind, and what could have been missed. */
import { Button, NativeSelect } from '@mantine/core';
import type { FairnessAnswer, Gap } from '@refloop/server/client/fairness';
import { useState } from 'react';
import center from '../center/CenterPage.module.css';
import { ChartOrTable } from './ChartOrTable.tsx';
import { FairnessMeaning } from './FairnessMeaning.tsx';
import { countText, pointsText, valueText } from './figures.ts';
import { GapRows } from './GapRows.tsx';
import { GROUPING_NAMES, inOrder, leadText, levelText, type Measure, memberText, verdictText } from './gap-words.ts';
import styles from './Insights.module.css';
import { Scroller } from './Scroller.tsx';

type Props = { gaps: FairnessAnswer['gaps']; onRows: (gap: Gap, measure: Measure) => void };

export function GapsPanel({ gaps, onRows }: Props) {
  const [chosen, setChosen] = useState(gaps.measures[0]?.id);
  const measure = gaps.measures.find(({ id }) => id === chosen) ?? gaps.measures[0];
  if (!measure) return null;
  const own = gaps.gaps.filter((gap) => gap.measure === measure.id);
  const groupings = [...new Set(own.map(({ grouping }) => grouping))];
  return (
    <section className={`${styles['panel']} ${styles['wide']}`} aria-labelledby="gaps">
      <h2 id="gaps">Gaps between groups of patients</h2>
      <p>{leadText(gaps, gaps.measures)}</p>
      <NativeSelect
        label="Measure"
        value={measure.id}
        data={gaps.measures.map(({ id, title, better }) => ({
          value: id,
          label: `${title}${better === null ? '' : ` (${better} is better)`}`,
        }))}
        onChange={(event) => setChosen(event.currentTarget.value)}
      />
      <p className="caption">{measure.definition}</p>
      {own.length === 0 ? <p>No group is named in these referrals.</p> : null}
      {groupings.map((grouping) => {
        const rows = inOrder(own.filter((gap) => gap.grouping === grouping));
        return (
          <div key={grouping}>
            <ChartOrTable
              caption={`${GROUPING_NAMES[grouping]}: each against all others, points, ${levelText(gaps.level)} intervals`}
              chart={<GapRows measure={measure} name={GROUPING_NAMES[grouping]} gaps={rows} onRows={(gap) => onRows(gap, measure)} />}
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
  <Scroller label={`${measure.title}: gaps`}>
    <table className={`${center['table']} num`}>
      <thead>
        <tr>
          <th scope="col">Group</th>
          <th scope="col">n</th>
          <th scope="col">Share</th>
          <th scope="col">Others, n</th>
          <th scope="col">Share of others</th>
          <th scope="col">Gap in points</th>
          <th scope="col">Interval</th>
          <th scope="col">Could have missed below</th>
          <th scope="col">Verdict</th>
          <th scope="col">Rows</th>
        </tr>
      </thead>
      <tbody>
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
            <td>{verdictText(gap, measure)}</td>
            <td>
              {gap.found === null ? null : (
                <Button
                  size="compact-sm"
                  variant="default"
                  onClick={() => onRows(gap)}
                  aria-label={`Rows behind ${measure.title}, ${memberText(gap)}`}
                >
                  Rows
                </Button>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </Scroller>
);
