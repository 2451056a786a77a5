/** The worklist: every open obligation, one line each, and beside it the thread of the one that is opened. */
import { useMediaQuery } from '@mantine/hooks';
import { useEffect, useMemo, useRef, useState } from 'react';
import { AnswerView } from '../center/AnswerView.tsx';
import type { CenterProps } from '../center/CenterPage.tsx';
import { useStore } from '../ui/store.ts';
import { filterOf, hashOf, referralOf } from './filter.ts';
import type { Listed } from './listed-rows.ts';
import { type LiveWorklist, openWorklist } from './live-worklist.ts';
import { ThreadPanel } from './ThreadPanel.tsx';
import { ViewField, ViewRail } from './ViewRail.tsx';
import { countViews } from './views.ts';
import styles from './Worklist.module.css';
import { type ListHandle, WorklistList } from './WorklistList.tsx';

/** @param item the referral whose thread is open */
type Props = CenterProps & { item: string | undefined; search: string };

const NOW = { getInitialValueInEffect: false };

export default function WorklistPage(props: Props) {
  const { api, onFail, session } = props;
  const reader = session.user.subject;
  const live = useMemo(() => openWorklist(api, reader, onFail), [api, reader, onFail]);
  useEffect(() => live.start(), [live]);
  const { list: state } = useStore(live.store);
  return (
    <main className={styles['page']}>
      {state.kind === 'ready' ? (
        <Ready {...props} live={live} answer={state.answer} behind={state.behind} />
      ) : (
        <div className={styles['waiting']}>
          <h1>Worklist</h1>
          <AnswerView answer={state} onRetry={() => void live.refresh()}>
            {() => null}
          </AnswerView>
        </div>
      )}
    </main>
  );
}

type ReadyProps = Props & { live: LiveWorklist; answer: Listed; behind: string | undefined };

function Ready({ live, answer, behind, item, search, ...props }: ReadyProps) {
  const { api, onFail } = props;
  const wide = useMediaQuery('(min-width: 1200px)', undefined, NOW) ?? true;
  const filter = useMemo(() => filterOf(search), [search]);
  const counts = useMemo(() => (answer.coming > 0 ? undefined : countViews(answer.rows, new Date(answer.at))), [answer]);
  const opened = referralOf(item);
  const [byKey, setByKey] = useState(false);
  const list = useRef<ListHandle>(null);
  const ofOpened = useMemo(() => answer.rows.filter(({ referralId }) => referralId === opened), [answer, opened]);
  const open = (referralId: string, by: 'key' | 'pointer') => {
    setByKey(by === 'key');
    location.hash = hashOf(filter, referralId);
  };
  const close = () => {
    location.hash = hashOf(filter);
  };
  // However it was closed: the line it was opened from is gone on with.
  const before = useRef(opened);
  useEffect(() => {
    if (before.current !== undefined && opened === undefined) list.current?.focus();
    before.current = opened;
  }, [opened]);
  const beside = wide && opened !== undefined;
  const hidden = !wide && opened !== undefined;
  return (
    <div className={`${styles['columns']} ${beside ? styles['split'] : ''}`}>
      {wide ? <ViewRail filter={filter} counts={counts} heldNotes={answer.heldNotes} /> : null}
      <WorklistList
        {...props}
        ref={list}
        live={live}
        answer={answer}
        behind={behind}
        filter={filter}
        opened={opened}
        hidden={hidden}
        viewField={wide ? null : <ViewField filter={filter} counts={counts} />}
        onOpen={open}
      />
      {opened === undefined ? null : (
        <ThreadPanel
          key={opened}
          api={api}
          onFail={onFail}
          referralId={opened}
          news={ofOpened.map(({ id, dueAt, owner, lastEvent }) => `${id} ${dueAt} ${owner?.subject} ${lastEvent?.at}`).join(' ')}
          takesFocus={byKey || !wide}
          alone={!wide}
          now={live.now}
          onActed={() => void live.refresh()}
          onClose={close}
        />
      )}
    </div>
  );
}
