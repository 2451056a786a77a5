/** What a number counts, in its own words, with the published figures beside it and what speaks against comparing. */
import type { MetricAnswer } from '@refloop/server/client/insights';
import { valueText } from './figures.ts';
import styles from './Insights.module.css';

export function Definition({ metric }: Pick<MetricAnswer, 'metric'>) {
  const { target } = metric;
  return (
    <details className={styles['definition']}>
      <summary>Definition{metric.benchmarks.length > 0 ? ' and published figures' : ''}</summary>
      <p>{metric.definition}</p>
      <dl>
        <dt>Counted</dt>
        <dd>{metric.numerator}</dd>
        <dt>Out of</dt>
        <dd>{metric.denominator}</dd>
        <dt>Left out</dt>
        <dd>{metric.exclusions}</dd>
        {metric.clock === null ? null : (
          <>
            <dt>Clock</dt>
            <dd>{metric.clock}</dd>
          </>
        )}
        {target === null ? null : (
          <>
            <dt>Target</dt>
            <dd>
              {target.direction === 'at-least' ? 'at least' : 'at most'} {valueText(target.value, metric.unit)}: {target.why}
            </dd>
          </>
        )}
        <dt>Source</dt>
        <dd>
          {metric.source} (version {metric.version} of this definition)
        </dd>
      </dl>
      {metric.caveats.length > 0 ? (
        <ul>
          {metric.caveats.map((caveat) => (
            <li key={caveat}>{caveat}</li>
          ))}
        </ul>
      ) : null}
      {metric.benchmarks.map(({ label, value, population, source, caveat }) => (
        <p key={label} className="caption">
          Dashed line, {valueText(value, metric.unit)}: {label}. {population}. {source}. {caveat}
        </p>
      ))}
    </details>
  );
}
