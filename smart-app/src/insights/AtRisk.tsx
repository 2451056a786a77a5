/** The numbers under a time curve: how many were still on the way at its days. Where it is narrow, at every other one. */
import { atRiskOn } from './at-risk.ts';
import { type Curve, lastDayOf } from './curve-options.ts';
import { countText } from './figures.ts';
import styles from './Tables.module.css';

const STEPS = [0, 1, 2, 3, 4, 5, 6];

const classOf = (index: number): string | undefined => (index % 2 === 1 ? styles['whereWide'] : undefined);

/** @param onOpen opens the rows behind a curve, by its name */
export const AtRisk = ({ curves, onOpen }: { curves: readonly Curve[]; onOpen: (name: string) => void }) => {
  const days = STEPS.map((step) => (step * lastDayOf(curves)) / 6);
  return (
    <table className={`${styles['plain']} num`}>
      <thead>
        <tr>
          <th scope="col">On the way by day</th>
          {days.map((day, index) => (
            <th key={day} scope="col" className={classOf(index)}>
              {day}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {curves.map(({ name, points }) => (
          <tr key={name}>
            <th scope="row">
              <button type="button" onClick={() => onOpen(name)}>
                {name}
                <span className="sr-only">. Show the rows</span>
              </button>
            </th>
            {days.map((day, index) => (
              <td key={day} className={classOf(index)}>
                {countText(atRiskOn(points, day))}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
};
