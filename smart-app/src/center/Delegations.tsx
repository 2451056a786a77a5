/** Who prepares for whom and who covers for whom: given and taken away with a reason, in force with the next request. */
import { Button } from '@mantine/core';
import type { Delegation, GiveDelegation, Grant } from '@refloop/server/client/admin';
import { useState } from 'react';
import { notDoneText } from '../session/api.ts';
import { Chip } from '../ui/Chip.tsx';
import { plainTime } from '../words/plain-date.ts';
import { AnswerView } from './AnswerView.tsx';
import styles from './CenterPage.module.css';
import type { CenterProps } from './CenterPage.tsx';
import { DelegationDialog } from './DelegationDialog.tsx';
import { EndDelegationDialog } from './EndDelegationDialog.tsx';
import { giverWords } from './giver-words.ts';
import { Item, ItemList } from './Item.tsx';
import { useAnswer } from './use-answer.ts';

type Editing = { kind: 'give' } | { kind: 'end'; delegation: Delegation };

const WHAT: Record<Delegation['kind'], string> = { 'prepares-for': 'prepares', covers: 'covers' };

export function Delegations({ api, onFail, grants }: Pick<CenterProps, 'api' | 'onFail'> & { grants: readonly Grant[] }) {
  const [answer, refresh] = useAnswer<{ delegations: Delegation[] }>(api, '/delegations', onFail);
  const [editing, setEditing] = useState<Editing>();
  const [refused, setRefused] = useState('');
  const [busy, setBusy] = useState(false);
  const [notice, setNotice] = useState('');
  const open = (next: Editing) => {
    setRefused('');
    setEditing(next);
  };
  const post = async (path: string, body: GiveDelegation | { reason: string }, done: string, notDone: string) => {
    setBusy(true);
    const answered = await api.call(path, { method: 'POST', body });
    setBusy(false);
    if (!answered.ok && answered.refusal.kind === 'session-ended') return onFail(answered.refusal);
    if (!answered.ok) return setRefused(notDoneText(notDone, answered.refusal));
    setEditing(undefined);
    setRefused('');
    setNotice(done);
    refresh();
  };
  return (
    <section className={styles['section']} aria-labelledby="delegations">
      <div className={styles['head']}>
        <h2 id="delegations">Prepares and covers</h2>
        <output className="caption">{notice}</output>
        <Button onClick={() => open({ kind: 'give' })}>Name somebody</Button>
      </div>
      <p className="caption">
        A preparer sends referrals only to the clinicians they are named for. A covering clinician signs and finishes in another’s place,
        under their own name. Changes take effect at once and are in the audit.
      </p>
      <AnswerView answer={answer} onRetry={refresh}>
        {({ delegations }) =>
          delegations.length === 0 ? (
            <p className={styles['empty']}>Nobody prepares or covers for anybody yet. Name a preparer and their clinician to begin.</p>
          ) : (
            <ItemList>
              {delegations.map((delegation) => (
                <One key={delegation.id} delegation={delegation} grants={grants} onEnd={() => open({ kind: 'end', delegation })} />
              ))}
            </ItemList>
          )
        }
      </AnswerView>
      {editing?.kind === 'give' ? (
        <DelegationDialog
          grants={grants.filter(({ roles }) => roles.length > 0)}
          refused={refused}
          busy={busy}
          onClose={() => setEditing(undefined)}
          onSave={(body) => void post('/delegations', body, 'Named.', 'Not saved.')}
        />
      ) : null}
      {editing?.kind === 'end' ? (
        <EndDelegationDialog
          delegation={editing.delegation}
          refused={refused}
          busy={busy}
          onClose={() => setEditing(undefined)}
          onEnd={(reason) =>
            void post(`/delegations/${encodeURIComponent(editing.delegation.id)}/end`, { reason }, 'Taken away.', 'Not taken away.')
          }
        />
      ) : null}
    </section>
  );
}

function StateChip({ delegation: { state, until, ended } }: { delegation: Delegation }) {
  switch (state) {
    case 'in-force':
      return <Chip tone="good">in force{until === null ? '' : ` until ${plainTime(until)}`}</Chip>;
    case 'run-out':
      return <Chip tone="wait">ended {until === null ? '' : plainTime(until)}</Chip>;
    case 'taken-away':
      return <Chip tone="wait">ended {ended ? plainTime(ended.at) : ''}</Chip>;
  }
}

function One({ delegation, grants, onEnd }: { delegation: Delegation; grants: readonly Grant[]; onEnd: () => void }) {
  const { kind, delegate, clinician, reason, givenBy, givenAt, state, ended } = delegation;
  const title = `${delegate.name} ${WHAT[kind]} for ${clinician.name}`;
  return (
    <Item title={title} mark={<StateChip delegation={delegation} />}>
      <p className="caption num">
        Given by {giverWords(givenBy, grants)}, {plainTime(givenAt)}: {reason}
      </p>
      {ended ? (
        <p className="caption num">
          Taken away by {giverWords(ended.by, grants)}, {plainTime(ended.at)}: {ended.reason}
        </p>
      ) : null}
      {state === 'in-force' ? (
        <div>
          <Button size="compact-sm" variant="default" onClick={onEnd} aria-label={`Take away: ${title}`}>
            Take away…
          </Button>
        </div>
      ) : null}
    </Item>
  );
}
