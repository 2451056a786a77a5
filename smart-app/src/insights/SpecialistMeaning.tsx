/** What the words of the comparison mean, for whoever has to talk about it with a specialist; and what the measure counts. */
import type { SpecialistsAnswer } from '@refloop/server/client/specialists';
import styles from './Insights.module.css';
import { leftOutTexts } from './specialist-words.ts';

export const NotDistinguishable = ({ answer: { rules, caseMix } }: { answer: SpecialistsAnswer }) => (
  <details className={styles['definition']}>
    <summary>What “not distinguishable” means</summary>
    <p>
      It does not mean that a specialist is like all others. It means that what was counted cannot tell. A coin that falls on heads six
      times of ten may be a fair one; so may a specialist who accepts six of ten where eight of ten are usual.
    </p>
    <p>
      Somebody is called better or worse when both hold: the probability of lying on that side of the specialty’s mean is above{' '}
      {Math.round(100 * rules.posterior)} %, given how few attempts there may be and how much specialists differ at all; and they lie
      farther from what is usual than chance and the ordinary differences between specialists make likely, when everybody had the chance to
      stand out. Below {rules.fewest} attempts no number is shown, and with fewer than {rules.fewestPeers} specialists to compare nobody is
      judged.
    </p>
    <p>
      “Drawn to the mean” is the best guess of what the next patients will see: with few attempts it lies near the specialty’s mean, with
      many near what was counted. A good specialist with few patients looks average there; that is why both are shown. “Expected” is what
      the specialty would show with the same patients, by {caseMix.join(', ')}. Race and ethnicity are never adjusted for.
    </p>
  </details>
);

export function MeasureDefinition({ answer }: { answer: SpecialistsAnswer }) {
  const { measure } = answer;
  const leftOut = leftOutTexts(answer);
  return (
    <details className={styles['definition']}>
      <summary>Definition, and who is left out</summary>
      <p>{measure.definition}</p>
      <dl>
        <dt>Counted</dt>
        <dd>{measure.numerator}</dd>
        <dt>Out of</dt>
        <dd>{measure.denominator}</dd>
        <dt>Left out</dt>
        <dd>{measure.exclusions}</dd>
        <dt>Clock</dt>
        <dd>{measure.clock}</dd>
        <dt>Old enough</dt>
        <dd>{measure.maturity}</dd>
        <dt>Source</dt>
        <dd>
          {measure.source} (version {measure.version} of this definition)
        </dd>
      </dl>
      <ul>
        {measure.caveats.map((caveat) => (
          <li key={caveat}>{caveat}</li>
        ))}
      </ul>
      {leftOut.length === 0 ? null : <p className="caption num">Attempts left out: {leftOut.join('; ')}.</p>}
    </details>
  );
}
