/** One column, one message, one way out. */
import { type ReactNode, useEffect, useRef } from 'react';
import styles from './PlainPage.module.css';

export function PlainPage({ title, children }: { title: string; children: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Refloop`;
    heading.current?.focus();
  }, [title]);
  return (
    <main className={styles['page']}>
      <p className={styles['brand']}>Refloop</p>
      <h1 ref={heading} tabIndex={-1} className={styles['title']}>
        {title}
      </h1>
      <div className={styles['body']}>{children}</div>
    </main>
  );
}
