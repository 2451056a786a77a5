/** The table: only the lines that are on the screen are drawn; the keys work while it has the focus (WCAG 2.1.4). */
import { Box } from '@mantine/core';
import type { BusinessCalendar } from '@refloop/domain/sla/business-time';
import { type KeyboardEvent, type MouseEvent, type Ref, useEffect, useImperativeHandle, useRef } from 'react';
import type { Line } from './standing-list.ts';
import { type ListWindow, useListWindow } from './use-window.ts';
import { COLUMNS, lineId, WorklistRow } from './WorklistRow.tsx';
import styles from './WorklistTable.module.css';

export type TableHandle = { focus: () => void };

type Props = {
  label: string;
  lines: readonly Line[];
  at: Date;
  calendar: BusinessCalendar;
  active: number;
  selected: ReadonlySet<string>;
  opened: string | undefined;
  /** Lines of two rows, without a head. */
  narrow: boolean;
  hidden: boolean;
  keysOn: boolean;
  onActive: (index: number) => void;
  onOpen: (index: number, by: 'key' | 'pointer') => void;
  onSelect: (index: number) => void;
  onAssign: () => void;
  onUndo: () => void;
  onMove: () => void;
  ref: Ref<TableHandle>;
};

/** As in the style sheet. */
const ROW_HEIGHT = 36;
const NARROW_ROW_HEIGHT = 64;

export function WorklistTable(props: Props) {
  const { label, lines, at, calendar, active, selected, opened, narrow, hidden, keysOn, onActive, onOpen, onSelect, onMove, ref } = props;
  const rowHeight = narrow ? NARROW_ROW_HEIGHT : ROW_HEIGHT;
  const table = useRef<HTMLTableElement>(null);
  const { first, end, scroller, onScroll, show } = useListWindow(lines.length, rowHeight, narrow ? 0 : ROW_HEIGHT, hidden);
  useImperativeHandle(ref, () => ({ focus: () => table.current?.focus({ preventScroll: true }) }), []);
  useShown(active, lines[active]?.row.id, active >= first && active < end, show);

  const onKeyDown = (event: KeyboardEvent<HTMLTableElement>) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = keyAct(event.key, keysOn, active, lines.length, props);
    if (!act) return;
    event.preventDefault();
    act();
  };
  const onClick = (event: MouseEvent<HTMLTableElement>) => {
    const target = event.target as Element;
    const line = target.closest<HTMLElement>('tr[data-index]');
    if (!line) return;
    const index = Number(line.dataset['index']);
    onActive(index);
    if (target.closest(`.${styles['pick'] ?? ''}`)) onSelect(index);
    else onOpen(index, 'pointer');
  };

  return (
    <div
      ref={scroller}
      className={`${styles['scroller']} ${narrow ? styles['narrow'] : ''}`}
      onScroll={() => {
        onMove();
        onScroll();
      }}
    >
      <Box
        component="table"
        ref={table}
        role="grid"
        tabIndex={0}
        className={`${styles['table']} num`}
        aria-label={label}
        aria-rowcount={lines.length + 1}
        aria-multiselectable="true"
        aria-activedescendant={active >= first && active < end ? lineId(active) : undefined}
        // From now on a key opens what is marked: it stays marked, whatever comes before it.
        onFocus={() => onActive(active)}
        onKeyDown={onKeyDown}
        onClick={onClick}
      >
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col" className={styles['pick']}>
              <span className="sr-only">Select</span>
            </th>
            {COLUMNS.map((name, index) => (
              <th key={name} scope="col" className={index === 0 ? styles['next'] : undefined}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Space height={first * rowHeight} />
          {lines.slice(first, end).map(({ row, gone }, offset) => {
            const index = first + offset;
            return (
              <WorklistRow
                key={index}
                row={row}
                gone={gone}
                index={index}
                active={index === active}
                selected={selected.has(row.referralId)}
                opened={row.referralId === opened}
                at={at.getTime()}
                calendar={calendar}
              />
            );
          })}
          <Space height={(lines.length - end) * rowHeight} />
        </tbody>
      </Box>
    </div>
  );
}

const Space = ({ height }: { height: number }) =>
  height > 0 ? <tr aria-hidden="true" className={styles['space']} style={{ height }} /> : null;

/**
 * The line that a key went to is scrolled to; one that a list begins with is not. One that others came before is followed where it was on the screen:
 * whoever has scrolled away from it is not brought back.
 */
function useShown(active: number, id: string | undefined, isDrawn: boolean, show: ListWindow['show']): void {
  const before = useRef({ active, id, isDrawn });
  useEffect(() => {
    const was = before.current;
    before.current = { active, id, isDrawn };
    if (was.active !== active && (was.id !== id || was.isDrawn)) show(active);
  });
}

type KeyActs = Pick<Props, 'onActive' | 'onOpen' | 'onSelect' | 'onAssign' | 'onUndo'>;

/** What a key does here; the single letters can be switched off. */
function keyAct(key: string, keysOn: boolean, active: number, count: number, acts: KeyActs): (() => void) | undefined {
  const to = (index: number) => () => acts.onActive(Math.min(Math.max(0, index), Math.max(0, count - 1)));
  switch (key) {
    case 'ArrowDown':
      return to(active + 1);
    case 'ArrowUp':
      return to(active - 1);
    case 'Home':
      return to(0);
    case 'End':
      return to(count - 1);
    case 'Enter':
      return () => acts.onOpen(active, 'key');
    case ' ':
      return () => acts.onSelect(active);
    default:
      if (!keysOn) return undefined;
  }
  switch (key) {
    case 'j':
      return to(active + 1);
    case 'k':
      return to(active - 1);
    case 'x':
      return () => acts.onSelect(active);
    case 'a':
      return acts.onAssign;
    case 'u':
      return acts.onUndo;
    default:
      return undefined;
  }
}
