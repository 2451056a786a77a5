/** The numbers under a time curve: how many were still on the way at its days. */
import center from '../center/CenterPage.module.css';
import { atRiskOn } from './at-risk.ts';
import type { Curve } from './curve-options.ts';
import { countText } from './figures.ts';
import styles from './Insights.module.css';

const DAYS = [0, 30, 60, 90, 120, 150, 180];

export const AtRisk = ({ curves }: { curves: readonly Curve[] }) => (
  <section className={center['scroll']} aria-label="Still on the way" tabIndex={0}>
    <table className={`${styles['plain']} num`}>
      <thead>
        <tr>
          <th scope="col">Still on the way by day</th>
          {DAYS.map((day) => (
            <th key={day} scope="col">
              {day}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {curves.map(({ name, points }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            {DAYS.map((day) => (
              <td key={day}>{countText(atRiskOn(points, day))}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </section>
);
