/** Every recommendation made: the list, and one record on one page. */
import { Button, Select } from '@mantine/core';
import type { AuditStatus, RecommendationPage, RecommendationRow } from '@refloop/server/client/admin';
import { useState } from 'react';
import { failureText } from '../session/api.ts';
import { Chip, type Tone } from '../ui/Chip.tsx';
import { plainTime } from '../words/plain-date.ts';
import { AnswerView } from './AnswerView.tsx';
import styles from './AuditPage.module.css';
import { AuditRecord } from './AuditRecord.tsx';
import type { CenterProps } from './CenterPage.tsx';
import { DisclosuresForm } from './DisclosuresForm.tsx';
import { useAnswer } from './use-answer.ts';

const OUTCOMES: Record<RecommendationRow['outcome'], { tone: Tone; text: string }> = {
  pending: { tone: 'wait', text: 'pending' },
  accepted: { tone: 'good', text: 'accepted' },
  overridden: { tone: 'warn', text: 'overridden' },
  edited: { tone: 'info', text: 'edited' },
  dismissed: { tone: 'wait', text: 'closed without ordering' },
  superseded: { tone: 'wait', text: 'superseded' },
};

export function AuditPage({ item, ...props }: CenterProps & { item: string | undefined }) {
  const { api, onFail } = props;
  const [outcome, setOutcome] = useState<string | null>(null);
  const query = outcome === null ? '' : `?outcome=${encodeURIComponent(outcome)}`;
  const [first, refresh] = useAnswer<RecommendationPage>(api, `/audit/recommendations${query}`, onFail);
  const [status] = useAnswer<AuditStatus>(api, '/audit/status', onFail);
  return (
    <div className={styles['split']}>
      <nav className={styles['list']} aria-label="Recommendations">
        <div className={styles['filters']}>
          <Select
            aria-label="Outcome"
            placeholder="All outcomes"
            clearable
            data={Object.entries(OUTCOMES).map(([value, { text }]) => ({ value, label: text }))}
            value={outcome}
            onChange={setOutcome}
          />
          <button type="button" className="link" onClick={refresh}>
            Refresh
          </button>
        </div>
        <AnswerView answer={first} onRetry={refresh}>
          {(page, at) => <Rows key={`${query}${at.getTime()}`} page={page} query={query} current={item} {...props} />}
        </AnswerView>
      </nav>
      <main className={styles['record']}>
        <ChainStatus status={status.kind === 'ready' ? status.value : undefined} />
        {item === undefined ? (
          <>
            <h1>Audit</h1>
            <p>Choose a recommendation to see it as it happened: what was asked, seen, considered, ranked, drafted, decided and written.</p>
            <DisclosuresForm api={api} onFail={onFail} />
          </>
        ) : (
          <AuditRecord id={item} {...props} />
        )}
      </main>
    </div>
  );
}

/** The chain is tamper-evident; nothing here claims that it could not be changed. */
function ChainStatus({ status }: { status: AuditStatus | undefined }) {
  if (!status) return <p className="caption">Checking the chain</p>;
  if (status.brokenAt) {
    return (
      <p role="alert" className={styles['broken']}>
        The audit chain is broken at row {status.brokenAt.row}: {status.brokenAt.what}. Verified to entry {status.verifiedTo}.
      </p>
    );
  }
  return (
    <p className="caption num">
      Tamper-evident: chain verified to entry {status.verifiedTo}, checked {plainTime(status.checkedAt)}
      {status.headAt ? ` · head of ${plainTime(status.headAt)}` : ''}
    </p>
  );
}

type RowsProps = CenterProps & { page: RecommendationPage; query: string; current: string | undefined };

function Rows({ page, query, current, api, onFail }: RowsProps) {
  const [rows, setRows] = useState(page.rows);
  const [next, setNext] = useState(page.next);
  const [refused, setRefused] = useState('');
  const more = async () => {
    if (next === null) return;
    const answered = await api.call<RecommendationPage>(
      `/audit/recommendations${query}${query === '' ? '?' : '&'}cursor=${encodeURIComponent(next)}`,
    );
    if (!answered.ok) {
      if (answered.refusal.kind === 'session-ended') onFail(answered.refusal);
      else setRefused(failureText(answered.refusal));
      return;
    }
    setRows([...rows, ...answered.value.rows]);
    setNext(answered.value.next);
  };
  if (rows.length === 0) return <p className={styles['empty']}>No recommendation yet. Each one made in a chart appears here.</p>;
  return (
    <>
      <p className={`${styles['count']} caption num`}>{page.total === 1 ? '1 record' : `${page.total} records`}</p>
      <ul className={styles['rows']}>
        {rows.map((row) => (
          <li key={row.id}>
            <a href={`#audit/${row.id}`} aria-current={row.id === current ? 'true' : undefined} className={styles['row']}>
              <strong>{row.specialtyName}</strong>
              <Chip tone={OUTCOMES[row.outcome].tone}>{OUTCOMES[row.outcome].text}</Chip>
              <span className="caption num">
                {row.userName} · {row.patientPseudonym} · {plainTime(row.madeAt)}
                {row.auditEntry === null ? '' : ` · entry ${row.auditEntry} ✓`}
              </span>
            </a>
          </li>
        ))}
      </ul>
      {next === null ? null : (
        <Button variant="default" onClick={() => void more()}>
          Show more
        </Button>
      )}
      {refused ? <p role="alert">{refused}</p> : null}
    </>
  );
}
