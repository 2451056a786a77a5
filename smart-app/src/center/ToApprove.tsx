/** Further specialists whom a coordinator proposes: none of them is asked, and nothing is sent, before the clinician approves here. */
import { Button } from '@mantine/core';
import type { ProposalRequest, ToApproveRow } from '@refloop/server/client/work';
import { useRef, useState } from 'react';
import { milesText, networkSource, networkText } from '../matching/card-words.ts';
import { notDoneText } from '../session/api.ts';
import { Chip } from '../ui/Chip.tsx';
import { PhoneLink } from '../ui/PhoneLink.tsx';
import { plainTime, thisYear } from '../words/plain-date.ts';
import page from './CenterPage.module.css';
import type { CenterProps } from './CenterPage.tsx';
import { Due } from './Due.tsx';
import items from './Item.module.css';
import { Item, ItemList } from './Item.tsx';
import { RefuseSpecialistDialog } from './RefuseSpecialistDialog.tsx';
import styles from './ToApprove.module.css';
import { answeredWords, beforeWords, standingWords, waitWords } from './to-approve-words.ts';

type Props = Pick<CenterProps, 'api' | 'onFail'> & {
  rows: readonly ToApproveRow[];
  now: Date;
  onTold: (words: string) => void;
  /** Something was answered, or is other than shown: the list is to be read again. */
  onChanged: () => void;
};

export function ToApprove({ api, onFail, rows, now, onTold, onChanged }: Props) {
  const [answering, setAnswering] = useState<string>();
  const [refusing, setRefusing] = useState<ToApproveRow>();
  const section = useRef<HTMLElement>(null);
  const answer = async (row: ToApproveRow, said: ProposalRequest['answer']) => {
    setRefusing(undefined);
    setAnswering(row.id);
    const body: ProposalRequest = { referralId: row.referralId, sequence: row.sequence, answer: said };
    const done = await api.call('/work/proposals', { method: 'POST', body });
    setAnswering(undefined);
    if (!done.ok && done.refusal.kind === 'session-ended') return onFail(done.refusal);
    onTold(done.ok ? answeredWords(row, said) : notDoneText('Not put on record.', done.refusal));
    onChanged();
    // Its line goes, and the focus with it.
    if (done.ok) section.current?.focus();
    return undefined;
  };
  return (
    <section ref={section} tabIndex={-1} className={`${page['section']} ${styles['section']}`} aria-label="Approve another specialist">
      <h2 className="num">
        Approve another specialist
        {rows.length > 0 ? ` · ${rows.length}` : ''}
      </h2>
      {rows.length === 0 ? (
        <p className={items['empty']}>
          Nobody is proposed to you. Where a specialist cannot and a coordinator proposes another, they stand here; nothing is sent to them
          before you approve.
        </p>
      ) : (
        <ItemList>
          {rows.map((row) => (
            <Proposed
              key={row.id}
              row={row}
              now={now}
              busy={answering === row.id}
              onApprove={() => void answer(row, { kind: 'approve' })}
              onRefuse={() => setRefusing(row)}
            />
          ))}
        </ItemList>
      )}
      {refusing ? (
        <RefuseSpecialistDialog
          row={refusing}
          onClose={() => setRefusing(undefined)}
          onRefuse={(reason) => void answer(refusing, { kind: 'refuse', reason })}
        />
      ) : null}
    </section>
  );
}

type RowProps = { row: ToApproveRow; now: Date; busy: boolean; onApprove: () => void; onRefuse: () => void };

function Proposed({ row, now, busy, onApprove, onRefuse }: RowProps) {
  const { patientName, specialtyName, urgency, proposedBy, proposedAt, coveringFor, dueAt, specialist, standing, refusedBefore } = row;
  const year = thisYear();
  const network = networkText(specialist, year);
  return (
    <Item title={`${patientName}: ${specialtyName}, ${urgency}`} mark={<Due dueAt={dueAt} now={now} />}>
      <p>{beforeWords(row)}</p>
      <div className={styles['specialist']}>
        <p>
          <strong>{specialist.name}</strong>
          {specialist.organization === null ? '' : ` · ${specialist.organization}`}
        </p>
        <p className={`${styles['facts']} num`}>
          <Chip tone={network.tone}>{network.text}</Chip>
          <span>{milesText(specialist)}</span>
          <span>{waitWords(specialist)}</span>
          {specialist.phone === null ? null : <PhoneLink phone={specialist.phone} />}
        </p>
        {specialist.why.length > 0 ? <p>{specialist.why.join('. ')}.</p> : null}
        <p className="caption num">
          {networkSource(specialist, year)} · NPI {specialist.npi}
        </p>
      </div>
      {refusedBefore === null ? null : <p className={styles['attention']}>Refused for this patient before: {refusedBefore}</p>}
      {standing.kind === 'listed' ? null : <p className={styles['attention']}>{standingWords(standing)}</p>}
      <p className="caption num">
        Proposed by {proposedBy}, {plainTime(proposedAt, now)}
        {coveringFor === null ? '' : `, to ${coveringFor}, for whom you cover`}. Nothing is sent to them before you approve.
      </p>
      <div className={`${page['actions']} ${styles['answers']}`}>
        {standing.kind === 'listed' ? (
          <Button
            size="compact-sm"
            variant="default"
            loading={busy}
            onClick={onApprove}
            aria-label={`Approve ${specialist.name} for ${patientName}`}
          >
            Approve
          </Button>
        ) : null}
        <Button
          size="compact-sm"
          variant="default"
          disabled={busy}
          onClick={onRefuse}
          aria-label={`Not this one: ${specialist.name} for ${patientName}`}
        >
          Not this one…
        </Button>
      </div>
    </Item>
  );
}
