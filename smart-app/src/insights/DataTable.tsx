/** A table of numbers: numbers to the right and never broken, what a row is of stays in sight where the table is moved sideways. */
import type { ReactNode } from 'react';
import { Scroller } from './Scroller.tsx';
import styles from './Tables.module.css';

/** What stands at the head of a column; `words` where its cells are words and not numbers (mark those `data-words` too). */
export type Column = { name: string; title?: string | undefined; words?: boolean };

type Props = {
  /** Names the table to whoever moves it by keyboard. */
  label: string;
  /** What is said over it; where the table is moved sideways it stays. */
  caption?: ReactNode;
  /** The first is of the rows' heads. */
  columns: readonly (string | Column)[];
  /** The rows. */
  children: ReactNode;
};

export const DataTable = ({ label, caption, columns, children }: Props) => (
  <>
    {caption === undefined ? null : <p className="caption">{caption}</p>}
    <Scroller label={label}>
      <table className={`${styles['data']} num`}>
        <thead>
          <tr>
            {columns.map((each) => {
              const { name, title, words }: Column = typeof each === 'string' ? { name: each } : each;
              return (
                <th key={name} scope="col" title={title} data-words={words}>
                  {name}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </Scroller>
  </>
);
