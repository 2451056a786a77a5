/** Where patients live, by three digits of the ZIP code: a dot a place, its size how many referrals, its words the value. */
import type { MetricAnswer, PlacesAnswer } from '@refloop/server/client/insights';
import { useEffect, useState } from 'react';
import { Late } from '../ui/Late.tsx';
import { Chart } from './Chart.tsx';
import { ChartOrTable } from './ChartOrTable.tsx';
import { countText, sizeOf } from './figures.ts';
import { MetricTable } from './MetricTable.tsx';
import { mapOptions } from './map-options.ts';
import type { OnRows } from './views.ts';
import { dotsOf, FEWEST_ON_MAP } from './zip-map.ts';

type Props = { answer: MetricAnswer; places: PlacesAnswer['places']; onRows: OnRows };

type Outlines = 'coming' | 'here' | 'failed';

export function ZipMap({ answer, places, onRows }: Props) {
  const [outlines, setOutlines] = useState<Outlines>('coming');
  useEffect(() => {
    import('./geo-charts.ts').then(
      () => setOutlines('here'),
      () => setOutlines('failed'),
    );
  }, []);
  const { dots, tooFew, nowhere } = dotsOf(answer, places);
  const rows = dots.map(({ row }) => row).toSorted((one, other) => sizeOf(other) - sizeOf(one));
  const left = [
    tooFew.places === 0
      ? ''
      : `${countText(tooFew.n)} referrals of ${countText(tooFew.places)} places with fewer than ${FEWEST_ON_MAP}, which could be told to be somebody`,
    nowhere === 0 ? '' : `${countText(nowhere)} whose ZIP code is not told, or stands for places with at most 20,000 people`,
  ].filter((words) => words !== '');
  const notShown = (
    <p className="caption num">{left.length === 0 ? 'All referrals of this view are shown.' : `Not shown: ${left.join('; ')}.`}</p>
  );
  if (dots.length === 0) return notShown;
  return (
    <>
      <ChartOrTable
        drawn={rows}
        caption="By three digits of the patient’s ZIP code"
        table={<MetricTable answer={answer} rows={rows} onRows={(row) => onRows(answer, row)} />}
        chart={
          outlines === 'here' ? (
            <Chart
              label={`${answer.metric.title} on a map, for ${countText(dots.length)} places`}
              height={360}
              options={(palette, width) => mapOptions(answer.metric, dots, palette, width)}
              onPick={(index) => {
                const row = dots[index]?.row;
                if (row) onRows(answer, row);
              }}
            />
          ) : outlines === 'failed' ? (
            <p className="caption">The map could not be loaded. The table has all of it.</p>
          ) : (
            <Late>
              <output>Loading the map</output>
            </Late>
          )
        }
      />
      {notShown}
    </>
  );
}
