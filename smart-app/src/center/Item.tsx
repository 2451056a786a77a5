/** One thing of a list: what it is, its state, and what is to be known of it. Reads the same from 320 px on. */
import type { ReactNode } from 'react';
import styles from './Item.module.css';

export const ItemList = ({ children }: { children: ReactNode }) => <ul className={styles['list']}>{children}</ul>;

export function Item({ title, mark, children }: { title: string; mark: ReactNode; children: ReactNode }) {
  return (
    <li className={styles['item']}>
      <div className={styles['title']}>
        <strong>{title}</strong>
        {mark}
      </div>
      {children}
    </li>
  );
}
