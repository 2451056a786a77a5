/** A table of words, of two to seven columns: on a narrow page each row stands as a list of labels and values, and nothing is moved sideways. */
import type { CSSProperties, ReactNode } from 'react';
import styles from './WordTable.module.css';

type Props = {
  label: string;
  /** Of the columns; the first is what a row is of, and has no label where rows are lists. */
  headings: readonly string[];
  /** The rows: a cell for each heading, in their order. */
  children: ReactNode;
};

/** As the style writes them before the values: `--heading-2` is the second. */
const labels = (headings: readonly string[]): CSSProperties =>
  Object.fromEntries(headings.map((heading, at) => [`--heading-${at + 1}`, JSON.stringify(heading)]));

export const WordTable = ({ label, headings, children }: Props) => (
  <section className={styles['box']} aria-label={label}>
    <table className={`${styles['table']} num`} style={labels(headings)}>
      <thead>
        <tr>
          {headings.map((heading) => (
            <th key={heading} scope="col">
              {heading}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  </section>
);
