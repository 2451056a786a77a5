/** A status: icon, word and colour together, never colour alone. */
import type { ReactNode } from 'react';
import styles from './Chip.module.css';

export type Tone = 'good' | 'warn' | 'bad' | 'info' | 'wait' | 'unknown';

const ICONS: Record<Tone, string> = { good: '✓', warn: '▲', bad: '✕', info: '●', wait: '○', unknown: '?' };

export function Chip({ tone, children, title }: { tone: Tone; children: ReactNode; title?: string }) {
  return (
    <span className={`${styles['chip']} ${styles[tone]}`} title={title}>
      <span aria-hidden="true">{ICONS[tone]}</span>
      <span>{children}</span>
    </span>
  );
}

export const toneIcon = (tone: Tone): string => ICONS[tone];
