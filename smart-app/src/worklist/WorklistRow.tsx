/** One line of the list: one thing that is owed of one referral. */
import type { BusinessCalendar } from '@refloop/domain/sla/business-time';
import { memo } from 'react';
import { plainTime } from '../words/plain-date.ts';
import { type ListedRow, withHours } from './listed-rows.ts';
import { ageWords, codeWords, leftBar, leftWords, riskWords, waitingWords, wallClock } from './row-words.ts';
import styles from './WorklistTable.module.css';

export const COLUMNS = [
  'Next action',
  'Waiting on',
  'Time left',
  'Patient',
  'To',
  'Urgency',
  'Owner',
  'Age',
  'Authorization',
  'Attempts',
  'Channel',
  'Last event',
] as const;

type Props = {
  row: ListedRow;
  gone: boolean;
  /** In the list, from 0. */
  index: number;
  active: boolean;
  selected: boolean;
  opened: boolean;
  /** When the list was made, in milliseconds. */
  at: number;
  calendar: BusinessCalendar;
};

export const lineId = (index: number): string => `worklist-line-${index}`;

/** Drawn again only where something of it changed: a list of ten thousand is scrolled through. */
export const WorklistRow = memo(function WorklistRow({ row, gone, index, active, selected, opened, at, calendar }: Props) {
  const moment = new Date(at);
  const clocks = withHours(row, moment, calendar);
  const states = [styles['line'], active && styles['active'], opened && styles['opened'], gone && styles['gone']];
  return (
    <tr
      id={lineId(index)}
      className={states.filter(Boolean).join(' ')}
      data-index={index}
      aria-rowindex={index + 2}
      aria-selected={selected}
      aria-current={opened ? 'true' : undefined}
    >
      <td className={styles['pick']}>
        <input type="checkbox" tabIndex={-1} checked={selected} readOnly aria-label={`Select: ${row.patientName}, ${row.next}`} />
      </td>
      <th scope="row" className={styles['next']}>
        {gone ? <span>No longer here: {row.next}</span> : row.next}
      </th>
      <td className={styles['waiting']}>{waitingWords(row)}</td>
      <td className={styles['left']} title={wallClock(row, moment)}>
        <Left row={clocks} at={moment} />
      </td>
      <td className={styles['patient']}>{row.patientName || '–'}</td>
      <td className={styles['to']} title={`${row.performerName ?? ''} · ${row.specialtyName}`}>
        {row.performerName ? `${row.performerName} · ` : ''}
        <span className={styles['quiet']}>{row.specialtyName}</span>
      </td>
      <td className={styles['urgency']} title={riskWords(row) || undefined}>
        {row.urgency === 'urgent' || row.urgency === 'emergency' ? (
          <b className={styles['urgent']}>▲ {row.urgency}</b>
        ) : (
          codeWords(row.urgency)
        )}
        {row.risks.length > 0 ? (
          <span className={styles['quiet']}>
            {' '}
            +{row.risks.length}
            <span className="sr-only">: {riskWords(row)}</span>
          </span>
        ) : null}
      </td>
      <td>{row.owner === null ? <b className={styles['urgent']}>▲ nobody</b> : row.mine ? `${row.owner.name} (you)` : row.owner.name}</td>
      <td title={`Open since ${plainTime(row.since, moment)}`}>{ageWords(clocks, moment)}</td>
      <td title={codeWords(row.authorization)}>{codeWords(row.authorization)}</td>
      <td>{row.attempts ?? '–'}</td>
      <td>{codeWords(row.channel)}</td>
      <td title={row.lastEvent ? plainTime(row.lastEvent.at, moment) : undefined}>
        {row.lastEvent ? `${row.lastEvent.name}, ${plainTime(row.lastEvent.at, moment)}` : '–'}
      </td>
    </tr>
  );
});

function Left({ row, at }: { row: ReturnType<typeof withHours>; at: Date }) {
  const { used, tone } = leftBar(row, at);
  return (
    <span className={`${styles['time']} ${styles[tone]}`}>
      <span className={styles['bar']} aria-hidden="true">
        <i style={{ width: `${Math.round(used * 100)}%` }} />
      </span>
      {tone === 'over' ? '✕ ' : ''}
      {leftWords(row, at)}
    </span>
  );
}
