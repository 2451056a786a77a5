/** The page for every failure: what happened, what it means, what to do, and a reference where there is one. */
import { Button } from '@mantine/core';
import { PlainPage } from '../ui/PlainPage.tsx';
import { backToChart } from './back-to-chart.ts';
import { explainFailure, type Failure } from './failure.ts';

type Props = { failure: Failure; iss: string | undefined; onRetry: () => void };

export function FailurePage({ failure, iss, onRetry }: Props) {
  const page = explainFailure(failure);
  return (
    <PlainPage title={page.title}>
      <p role="alert">{page.what}</p>
      <p>{page.meaning}</p>
      <p>
        <strong>{page.todo}</strong>
      </p>
      {page.reference === undefined ? null : <p className="caption">Reference for help: {page.reference}</p>}
      <div>
        {page.wayOut === 'retry' ? (
          <Button onClick={onRetry}>Try again</Button>
        ) : iss === undefined ? null : (
          <Button variant="default" onClick={() => backToChart(iss)}>
            Back to chart
          </Button>
        )}
      </div>
    </PlainPage>
  );
}
