/** The middle of the worklist: what narrows it, the table, giving lines to people, and the keys. */
import { Button } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { type ReactNode, type Ref, useEffect, useImperativeHandle, useMemo, useRef, useState } from 'react';
import type { CenterProps } from '../center/CenterPage.tsx';
import { KeysDialog } from '../ui/KeysDialog.tsx';
import { keepKeysOn, readKeysOn } from '../ui/keys-preference.ts';
import { plainTime } from '../words/plain-date.ts';
import { AssignDialog } from './AssignDialog.tsx';
import { activeIndex, type Place, placeAt } from './active-line.ts';
import { ExportDialog } from './ExportDialog.tsx';
import { FilterFields } from './FilterFields.tsx';
import { chipsOf, choicesOf, hashOf, rowsOf, type WorklistFilter } from './filter.ts';
import type { Listed } from './listed-rows.ts';
import type { LiveWorklist } from './live-worklist.ts';
import { emptyWords, wallClock } from './row-words.ts';
import { useAssignment } from './use-assignment.ts';
import { useStanding } from './use-standing.ts';
import { inView, viewName } from './views.ts';
import styles from './Worklist.module.css';
import { type TableHandle, WorklistTable } from './WorklistTable.tsx';

export type ListHandle = { focus: () => void };

type Props = Pick<CenterProps, 'api' | 'onFail' | 'session'> & {
  live: LiveWorklist;
  answer: Listed;
  behind: string | undefined;
  filter: WorklistFilter;
  opened: string | undefined;
  /** The thread is a page of its own. */
  hidden: boolean;
  viewField: ReactNode;
  onOpen: (referralId: string, by: 'key' | 'pointer') => void;
  ref: Ref<ListHandle>;
};

const KEYS: readonly [string, string][] = [
  ['j k or ↓ ↑', 'Next and previous line'],
  ['Enter', 'Open the referral'],
  ['x or Space', 'Select the line'],
  ['a', 'Assign what is selected, or this line'],
  ['u', 'Undo the last assignment'],
  ['Esc', 'Close the referral'],
  ['?', 'This list'],
];

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.matches('textarea, select, input:not([type=checkbox])') || target.isContentEditable);

export function WorklistList({ api, onFail, session, live, answer, behind, filter, opened, hidden, viewField, onOpen, ref }: Props) {
  const narrow = useMediaQuery('(max-width: 767px)', undefined, { getInitialValueInEffect: false }) ?? false;
  const [found, setFound] = useState('');
  const at = useMemo(() => new Date(answer.at), [answer]);
  const fresh = useMemo(() => rowsOf(answer.rows, filter, found, at), [answer, filter, found, at]);
  const choices = useMemo(() => choicesOf(answer.rows), [answer]);
  const key = `${hashOf(filter)} ${found}`;
  // Lines that come with a further part are nothing new.
  const { lines, news, renew } = useStanding(`${key} ${answer.coming}`, fresh);
  const [place, setPlace] = useState<Place>();
  const active = activeIndex(lines, place, key);
  const [chosen, setChosen] = useState<{ key: string; ids: ReadonlySet<string> }>({ key, ids: new Set() });
  const selected = chosen.key === key ? chosen.ids : new Set<string>();
  const [assigning, setAssigning] = useState<readonly string[]>();
  const [exporting, setExporting] = useState(false);
  const [keysShown, setKeysShown] = useState(false);
  const [keysOn, setKeysOn] = useState(readKeysOn);
  const table = useRef<TableHandle>(null);
  const assignment = useAssignment({ api, onFail }, answer.people, live.refresh);
  useImperativeHandle(ref, () => ({ focus: () => table.current?.focus() }), []);

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key === '?' && readKeysOn() && !typing(event.target)) setKeysShown(true);
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);

  const select = (index: number) => {
    const referralId = lines[index]?.row.referralId;
    if (referralId === undefined) return;
    const ids = new Set(selected);
    if (!ids.delete(referralId)) ids.add(referralId);
    setChosen({ key, ids });
  };
  const assign = () => {
    const here = lines[active]?.row.referralId;
    if (selected.size > 0) setAssigning([...selected]);
    else if (here !== undefined) setAssigning([here]);
  };
  const give = async (to: string) => {
    const referralIds = assigning ?? [];
    setAssigning(undefined);
    setChosen({ key, ids: new Set() });
    await assignment.give(referralIds, to);
    table.current?.focus();
  };
  const line = lines[active];
  const ownerName = (subject: string) => choices.owners.find((owner) => owner.subject === subject)?.name ?? subject;
  const fields = <FilterFields filter={filter} choices={choices} found={found} onFound={setFound} />;

  return (
    <div className={styles['list']} hidden={hidden}>
      <div className={styles['head']}>
        <h1>Worklist</h1>
        <span className="caption num">As of {plainTime(answer.at)}</span>
        <span className={styles['actions']}>
          {lines.length === 0 ? null : (
            <Button variant="default" size="compact-sm" onClick={() => setExporting(true)}>
              Export
            </Button>
          )}
          <Button variant="default" size="compact-sm" onClick={() => setKeysShown(true)}>
            Keys
          </Button>
          <Button variant="default" size="compact-sm" onClick={() => void live.refresh().then(renew)}>
            Refresh
          </Button>
        </span>
      </div>
      {behind === undefined ? null : (
        <p role="alert" className={styles['behind']}>
          Not brought up to date since {plainTime(answer.at)}. {behind} What is below may have changed.
        </p>
      )}
      {answer.more > 0 ? (
        <p className={styles['partial']}>
          Only the {answer.rows.length} lines that are due first are listed. {answer.more} more are open and not on this page.
        </p>
      ) : null}
      {viewField}
      {narrow ? (
        <details className={styles['narrowing']}>
          <summary>Find and filter</summary>
          {fields}
        </details>
      ) : (
        fields
      )}
      <div className={styles['chips']}>
        {chipsOf(filter, ownerName).map(({ key: chip, words, without }) => (
          <a key={chip} className={styles['chip']} href={hashOf(without, opened)} aria-label={`${words}: take this filter away`}>
            {words} <span aria-hidden="true">✕</span>
          </a>
        ))}
      </div>
      <div className={styles['bulk']}>
        <output className="caption num">
          {fresh.length} of {answer.rows.length} lines{answer.coming > 0 ? ` so far, ${answer.coming} still coming` : ''}
        </output>
        {selected.size > 0 ? (
          <>
            <span className="num">{selected.size} selected</span>
            <Button size="compact-sm" onClick={assign}>
              Assign…
            </Button>
            <Button size="compact-sm" variant="default" onClick={() => setChosen({ key, ids: new Set() })}>
              Clear
            </Button>
          </>
        ) : null}
        <output>{assignment.notice}</output>
        {assignment.undo ? (
          <Button size="compact-sm" variant="default" onClick={() => void assignment.undo?.()}>
            Undo
          </Button>
        ) : null}
        <Changes news={news} gone={lines.filter(({ gone }) => gone).length} onShow={renew} />
      </div>
      {lines.length === 0 ? (
        <p className={styles['empty']}>{emptyText(answer, filter, found, at)}</p>
      ) : (
        <WorklistTable
          ref={table}
          label="Open referrals"
          lines={lines}
          at={at}
          calendar={answer.calendar}
          active={active}
          selected={selected}
          opened={opened}
          narrow={narrow}
          hidden={hidden}
          keysOn={keysOn}
          onActive={(index) => setPlace(placeAt(key, lines, index))}
          onOpen={(index, by) => {
            const referralId = lines[index]?.row.referralId;
            if (referralId !== undefined) onOpen(referralId, by);
          }}
          onSelect={select}
          onAssign={assign}
          onUndo={() => void assignment.undo?.()}
          onMove={live.onMove}
        />
      )}
      {line && !narrow ? (
        <p className={`${styles['detail']} caption num`}>
          <strong>{line.row.patientName}</strong> {wallClock(line.row, at)}. {line.row.detail}
        </p>
      ) : null}
      {exporting ? (
        <ExportDialog
          api={api}
          onFail={onFail}
          ids={lines.filter(({ gone }) => !gone).map(({ row }) => row.id)}
          view={[viewName(filter.view), ...chipsOf({ ...filter, view: 'all' }, ownerName).map(({ words }) => words)].join(', ')}
          onClose={() => setExporting(false)}
        />
      ) : null}
      {assigning ? (
        <AssignDialog
          count={assigning.length}
          people={answer.people}
          me={session.user.subject}
          onGive={(to) => void give(to)}
          onClose={() => setAssigning(undefined)}
        />
      ) : null}
      <KeysDialog
        opened={keysShown}
        keys={KEYS}
        single="j k, x, a, u, ?"
        keysOn={keysOn}
        onKeysOn={(on) => {
          setKeysOn(on);
          keepKeysOn(on);
        }}
        onClose={() => setKeysShown(false)}
      />
    </div>
  );
}

function emptyText({ rows, coming }: Listed, filter: WorklistFilter, found: string, at: Date): string {
  if (coming > 0) return 'None so far. More lines are coming.';
  const referrals = (mine: boolean) =>
    new Set(rows.filter((row) => !mine || inView('mine', row, at)).map(({ referralId }) => referralId)).size;
  const { view, specialty, urgency, owner } = filter;
  const narrowed = found.trim() !== '' || [specialty, urgency, owner].some((each) => each !== undefined);
  return emptyWords(view, referrals(true), referrals(false), narrowed);
}

/** What came and went since the lines were put in order; nothing moves before somebody asks. */
function Changes({ news, gone, onShow }: { news: number; gone: number; onShow: () => void }) {
  const told = [news > 0 ? `${news} new` : '', gone > 0 ? `${gone} no longer here` : ''].filter(Boolean).join(', ');
  return (
    <span className={styles['changes']}>
      <output className="num">{told}</output>
      {told === '' ? null : (
        <Button size="compact-sm" variant="default" onClick={onShow}>
          Show
        </Button>
      )}
    </span>
  );
}
