/** The numbers under a time curve: how many were still on the way at its days. Where it is narrow, at every other one. */
import { atRiskOn } from './at-risk.ts';
import type { Curve } from './curve-options.ts';
import { countText } from './figures.ts';
import styles from './Insights.module.css';

const DAYS = [0, 30, 60, 90, 120, 150, 180];

const classOf = (index: number): string | undefined => (index % 2 === 1 ? styles['whereWide'] : undefined);

export const AtRisk = ({ curves }: { curves: readonly Curve[] }) => (
  <table className={`${styles['plain']} num`}>
    <thead>
      <tr>
        <th scope="col">On the way by day</th>
        {DAYS.map((day, index) => (
          <th key={day} scope="col" className={classOf(index)}>
            {day}
          </th>
        ))}
      </tr>
    </thead>
    <tbody>
      {curves.map(({ name, points }) => (
        <tr key={name}>
          <th scope="row">{name}</th>
          {DAYS.map((day, index) => (
            <td key={day} className={classOf(index)}>
              {countText(atRiskOn(points, day))}
            </td>
          ))}
        </tr>
      ))}
    </tbody>
  </table>
);
