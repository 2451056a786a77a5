/** Who may do what: Refloop's own grants, each change with a reason and in the audit. */
import { Button } from '@mantine/core';
import type { Grant, PutGrant } from '@refloop/server/client/admin';
import { useState } from 'react';
import { notDoneText } from '../session/api.ts';
import { WordTable } from '../ui/WordTable.tsx';
import { plainTime } from '../words/plain-date.ts';
import { AnswerView } from './AnswerView.tsx';
import styles from './CenterPage.module.css';
import type { CenterProps } from './CenterPage.tsx';
import { Delegations } from './Delegations.tsx';
import { GrantDialog } from './GrantDialog.tsx';
import { giverWords } from './giver-words.ts';
import { useAnswer } from './use-answer.ts';

type Editing = { kind: 'add' } | { kind: 'change'; grant: Grant } | { kind: 'remove'; grant: Grant };

export function AccessPage({ api, onFail, session }: CenterProps) {
  const [answer, refresh] = useAnswer<{ grants: Grant[] }>(api, '/grants', onFail);
  const [editing, setEditing] = useState<Editing>();
  const [refused, setRefused] = useState('');
  const [busy, setBusy] = useState(false);
  const [notice, setNotice] = useState('');
  const put = async (subject: string, body: PutGrant) => {
    setBusy(true);
    const done = await api.call(`/grants/${encodeURIComponent(subject)}`, { method: 'PUT', body });
    setBusy(false);
    if (!done.ok && done.refusal.kind === 'session-ended') return onFail(done.refusal);
    if (!done.ok) return setRefused(notDoneText('Access was not changed.', done.refusal));
    setEditing(undefined);
    setRefused('');
    setNotice(body.roles.length === 0 ? 'Access removed.' : 'Access changed.');
    refresh();
  };
  const open = (next: Editing) => {
    setRefused('');
    setEditing(next);
  };
  const table = (all: readonly Grant[]) => ({ all, reader: session.user.subject, onOpen: open });
  return (
    <main className={styles['page']}>
      <div className={styles['head']}>
        <h1>Access</h1>
        <output className="caption">{notice}</output>
        <Button onClick={() => open({ kind: 'add' })}>Add a person</Button>
      </div>
      <p className="caption">
        A clinician needs no entry to refer from a patient’s chart. Everything else needs a role given here. Changes take effect at once and
        are in the audit.
      </p>
      <AnswerView answer={answer} onRetry={refresh}>
        {({ grants }) =>
          grants.length === 0 ? (
            NOBODY
          ) : (
            <>
              {grants.some(hasRole) ? <GrantTable label="Who may do what" grants={grants.filter(hasRole)} {...table(grants)} /> : NOBODY}
              {grants.every(hasRole) ? null : (
                <details>
                  <summary>Without a role: {grants.filter((grant) => !hasRole(grant)).length}</summary>
                  <GrantTable label="Without a role" grants={grants.filter((grant) => !hasRole(grant))} {...table(grants)} />
                </details>
              )}
            </>
          )
        }
      </AnswerView>
      <Delegations api={api} onFail={onFail} grants={answer.kind === 'ready' ? answer.value.grants : []} />
      {editing ? (
        <GrantDialog
          kind={editing.kind}
          grant={editing.kind === 'add' ? undefined : editing.grant}
          refused={refused}
          busy={busy}
          onClose={() => setEditing(undefined)}
          onSave={(subject, body) => void put(subject, body)}
        />
      ) : null}
    </main>
  );
}

const NOBODY = <p className={styles['empty']}>Nobody has a role here. The first administrators stand in the sites file.</p>;

const hasRole = ({ roles }: Grant): boolean => roles.length > 0;

type TableProps = {
  label: string;
  grants: readonly Grant[];
  /** Everybody's: who gave a role is told by name. */
  all: readonly Grant[];
  /** Subject of who reads. */
  reader: string;
  onOpen: (next: Editing) => void;
};

function GrantTable({ label, grants, all, reader, onOpen }: TableProps) {
  return (
    <WordTable label={label} headings={['Person', 'Account in the EHR', 'Roles', 'Given by', 'Since', 'Change']}>
      {grants.map((grant) => (
        <tr key={grant.subject}>
          <td>
            {grant.name ?? grant.subject}
            {grant.subject === reader ? ' (you)' : ''}
          </td>
          <td>{grant.fhirUser}</td>
          <td>{grant.roles.join(', ') || 'none'}</td>
          <td>{giverWords(grant.grantedBy, all)}</td>
          <td>{plainTime(grant.grantedAt)}</td>
          <td>
            <div className={styles['actions']}>
              <Button
                size="compact-sm"
                variant="default"
                onClick={() => onOpen({ kind: 'change', grant })}
                aria-label={`Change roles of ${grant.name ?? grant.subject}`}
              >
                Change…
              </Button>
              {hasRole(grant) ? (
                <Button
                  size="compact-sm"
                  variant="default"
                  onClick={() => onOpen({ kind: 'remove', grant })}
                  aria-label={`Remove ${grant.name ?? grant.subject}`}
                >
                  Remove…
                </Button>
              ) : null}
            </div>
          </td>
        </tr>
      ))}
    </WordTable>
  );
}
