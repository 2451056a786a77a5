/** Closed without ordering. */
import { Button } from '@mantine/core';
import { backToChart } from '../session/back-to-chart.ts';
import { PlainPage } from '../ui/PlainPage.tsx';

export function Dismissed({ why, iss }: { why: string; iss: string }) {
  return (
    <PlainPage title="Closed without ordering">
      <output>Nothing was ordered, written or sent. The reason is on record: {why}</output>
      <p>The order in the chart is as it was. If the patient needs care now, act in the EHR.</p>
      <div>
        <Button onClick={() => backToChart(iss)}>Back to chart</Button>
      </div>
    </PlainPage>
  );
}
