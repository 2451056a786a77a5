/** What a report on fairness compares, by which method, and what it cannot see. */
import type { FairnessAbout } from '@refloop/server/client/fairness';
import styles from './Insights.module.css';

export const FairnessMeaning = ({ about, level }: { about: FairnessAbout; level?: string }) => (
  <details className={styles['definition']}>
    <summary>Definition, method and limits</summary>
    <p>{about.definition}</p>
    <dl>
      <dt>Who</dt>
      <dd>{about.groups}</dd>
      <dt>Method</dt>
      <dd>
        {about.method} (version {about.version} of this definition)
      </dd>
      <dt>Many at once</dt>
      <dd>
        {about.multiplicity}
        {level === undefined ? '' : ` The intervals shown are of ${level}.`}
      </dd>
      <dt>Power</dt>
      <dd>{about.power}</dd>
    </dl>
    <ul>
      {about.caveats.map((caveat) => (
        <li key={caveat}>{caveat}</li>
      ))}
    </ul>
  </details>
);
