/** Specialists beside each other: who can be told apart from the others of the specialty, by how much, and how much of that chance would make. */
import { NativeSelect } from '@mantine/core';
import type { SpecialistRow, SpecialistsAnswer } from '@refloop/server/client/specialists';
import { useState } from 'react';
import { AnswerView } from '../../center/AnswerView.tsx';
import { useAnswer } from '../../center/use-answer.ts';
import { plainTime } from '../../words/plain-date.ts';
import { Chart } from '../Chart.tsx';
import { countText } from '../figures.ts';
import { insightsPath } from '../filter.ts';
import styles from '../Insights.module.css';
import { type Behind, RowsBehind } from '../RowsDialog.tsx';
import { MeasureDefinition, NotDistinguishable } from '../SpecialistMeaning.tsx';
import { SpecialistTable } from '../SpecialistTable.tsx';
import { funnelOptions, plottedOf } from '../specialist-funnel.ts';
import { firstSpecialty, inOrder, ORDERS, type Order } from '../specialist-order.ts';
import { chanceText, levelText, specialistName, specialtyText, VERDICTS, verdictText } from '../specialist-words.ts';
import type { ViewProps } from '../views.ts';
import local from './SpecialistsView.module.css';

const FIRST_MEASURE = 'acceptance';

export default function SpecialistsView({ api, onFail, filter }: ViewProps) {
  const [measure, setMeasure] = useState(FIRST_MEASURE);
  const [answer, retry] = useAnswer<SpecialistsAnswer>(api, insightsPath('specialists', filter, { measure }), onFail);
  const [behind, setBehind] = useState<Behind>();
  // Kept while another measure is loading.
  const [shown, setShown] = useState<Shown>({ specialty: undefined, order: 'name' });
  return (
    <>
      <AnswerView answer={answer} onRetry={retry}>
        {(compared) => (
          <Compared
            answer={compared}
            shown={shown}
            onShown={setShown}
            onMeasure={setMeasure}
            onRows={(row) =>
              setBehind({
                title: `${compared.measure.title}: ${specialistName(row)}`,
                about: {
                  metric: compared.measure.id,
                  segment: { specialty: row.specialty },
                  category: null,
                  specialist: row.specialist,
                },
              })
            }
          />
        )}
      </AnswerView>
      {behind ? <RowsBehind api={api} onFail={onFail} filter={filter} {...behind} onClose={() => setBehind(undefined)} /> : null}
    </>
  );
}

type Shown = { specialty: string | undefined; order: Order };

type ComparedProps = {
  answer: SpecialistsAnswer;
  shown: Shown;
  onShown: (shown: Shown) => void;
  onMeasure: (measure: string) => void;
  onRows: (row: SpecialistRow) => void;
};

function Compared({ answer, shown, onShown, onMeasure, onRows }: ComparedProps) {
  const { measure, measures, specialties, specialists, asOf } = answer;
  const looked =
    specialties.find(({ specialty }) => specialty === shown.specialty) ??
    specialties.find(({ specialty }) => specialty === firstSpecialty(answer));
  const rows = inOrder(
    specialists.filter(({ specialty }) => specialty === looked?.specialty),
    shown.order,
    measure.better,
  );
  return (
    <section className={styles['panel']} aria-labelledby="specialists">
      <h2 id="specialists">Specialists: {measure.title.toLowerCase()}</h2>
      <p>{chanceText(answer)}</p>
      <StandingOut rows={specialists} unit={measure.unit} onRows={onRows} />
      <form className={styles['filters']} aria-label="What is compared" onSubmit={(event) => event.preventDefault()}>
        <NativeSelect
          label="Measure"
          value={measure.id}
          onChange={(event) => onMeasure(event.currentTarget.value)}
          data={measures.map(({ id, title }) => ({ value: id, label: title }))}
        />
        <NativeSelect
          label="Specialty shown"
          value={looked?.specialty ?? ''}
          onChange={(event) => onShown({ ...shown, specialty: event.currentTarget.value })}
          data={specialties.map(({ specialty }) => ({ value: specialty, label: specialtyText(specialty) }))}
        />
        <NativeSelect
          label="In order of"
          value={shown.order}
          onChange={(event) => onShown({ ...shown, order: event.currentTarget.value as Order })}
          data={ORDERS.map((each) => ({ value: each, label: each }))}
        />
      </form>
      {looked ? <Plot answer={answer} looked={looked} rows={rows} onRows={onRows} /> : <p>No attempt of this view can be judged yet.</p>}
      {looked ? <SpecialistTable answer={answer} rows={rows} onRows={onRows} /> : null}
      <NotDistinguishable answer={answer} />
      <MeasureDefinition answer={answer} />
      <p className="caption">As of {plainTime(asOf)}.</p>
    </section>
  );
}

type PlotProps = {
  answer: SpecialistsAnswer;
  looked: SpecialistsAnswer['specialties'][number];
  rows: readonly SpecialistRow[];
  onRows: (row: SpecialistRow) => void;
};

function Plot({ answer: { measure, chance, rules }, looked, rows, onRows }: PlotProps) {
  const plotted = plottedOf(rows);
  const { unit } = measure;
  const name = specialtyText(looked.specialty);
  const overall = looked.mean === null ? '' : ` ${levelText(looked.mean, unit)} over all`;
  if (plotted.length === 0)
    return (
      <p className="caption">
        Nobody in {name} has {rules.fewest} attempts that can be counted.
      </p>
    );
  return (
    <>
      <Chart
        label={`${measure.title}, ${name}: ${countText(plotted.length)} specialists by how many attempts were counted, with the limits of chance. The table below has all of it`}
        height={320}
        options={(palette, width) => funnelOptions(looked, plotted, unit, palette, width)}
        onPick={(index) => {
          const row = plotted[index];
          if (row) onRows(row);
        }}
      />
      <p className="caption num">
        {name}: n {countText(looked.n)},{overall}. Each point is a specialist as they would be with the specialty’s usual patients.{' '}
        {looked.usual === null
          ? `Fewer than ${rules.fewestPeers} can be compared, so that there are no limits.`
          : `The line is what is usual (${levelText(looked.usual, unit)}); dashed are the 95 % limits of chance, dotted the 99.8 % limits${chance.overDispersion > 1 ? `, widened since specialists scatter ${chance.overDispersion.toFixed(2)} times as much as chance alone makes them` : ''}.`}{' '}
        {VERDICTS.better.sign} better, {VERDICTS.worse.sign} worse, {VERDICTS['not-distinguishable'].sign} not distinguishable.
      </p>
    </>
  );
}

/** Whoever is called better or worse, of every specialty that is looked at. */
function StandingOut({
  rows,
  unit,
  onRows,
}: {
  rows: readonly SpecialistRow[];
  unit: SpecialistsAnswer['measure']['unit'];
  onRows: (row: SpecialistRow) => void;
}) {
  const standing = plottedOf(rows).filter(({ numbers }) => numbers.verdict !== 'not-distinguishable');
  if (standing.length === 0) return null;
  return (
    <ul className={local['standing']} aria-label="Who stands out">
      {standing.map((row) => (
        <li key={`${row.specialty} ${row.specialist}`}>
          <button type="button" onClick={() => onRows(row)}>
            <strong>{verdictText(row)}</strong> {specialistName(row)}, {specialtyText(row.specialty)}:{' '}
            <span className="num">
              {levelText(row.numbers.raw.value, unit)} as counted, {levelText(row.numbers.shrunken.value, unit)} drawn to the mean, n{' '}
              {countText(row.n)}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
