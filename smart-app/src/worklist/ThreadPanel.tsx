/** One referral as a thread of all parties, with what is owed and the one thing to do next. */
import { Button, Menu } from '@mantine/core';
import type { ActName } from '@refloop/server/client/acts';
import type { PacketAnswer } from '@refloop/server/client/packet';
import type { Thread } from '@refloop/server/client/thread';
import { type Ref, useEffect, useRef, useState } from 'react';
import { AnswerView } from '../center/AnswerView.tsx';
import type { CenterProps } from '../center/CenterPage.tsx';
import { useStatusName } from '../center/status-names.ts';
import { useAnswer } from '../center/use-answer.ts';
import { Chip } from '../ui/Chip.tsx';
import { useEscape } from '../ui/use-escape.ts';
import { plainTime } from '../words/plain-date.ts';
import { ActPanel } from './ActPanel.tsx';
import { AskNextPerformer } from './AskNextPerformer.tsx';
import { ACT_FORMS, nextAct } from './acts.ts';
import { ContactPanel } from './ContactPanel.tsx';
import { EffectDecisions } from './EffectDecisions.tsx';
import { HowToReach } from './HowToReach.tsx';
import { LOOP_STEPS, stepsDone } from './loop-steps.ts';
import { askedWords } from './next-words.ts';
import { OfficeLink } from './OfficeLink.tsx';
import { Owed } from './Owed.tsx';
import { PacketPanel } from './PacketPanel.tsx';
import { ReplyForm } from './ReplyForm.tsx';
import styles from './Thread.module.css';
import { ThreadEntries } from './ThreadEntries.tsx';

type Props = Pick<CenterProps, 'api' | 'onFail'> & {
  referralId: string;
  /** Changes when the list tells of something new of this referral: it is then read again. */
  news: string;
  /** Takes the focus when it is opened: by a key, or as a page of its own. */
  takesFocus: boolean;
  alone: boolean;
  now: () => Date;
  onActed: () => void;
  onClose: () => void;
};

export function ThreadPanel(props: Props) {
  const { api, onFail, referralId, news, alone, takesFocus, onClose } = props;
  const [answer, refresh] = useAnswer<Thread>(api, `/worklist/referrals/${encodeURIComponent(referralId)}`, onFail);
  const read = useRef(news);
  const close = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLElement>(null);
  useEscape(panel, onClose);
  useEffect(() => {
    if (read.current !== news) refresh();
    read.current = news;
  }, [news, refresh]);
  useEffect(() => {
    if (takesFocus) close.current?.focus();
  }, [takesFocus]);
  return (
    <section ref={panel} className={styles['thread']} aria-label="Referral">
      <div className={styles['close']}>
        <button ref={close} type="button" className="link" onClick={onClose}>
          {alone ? '← Back to the list' : 'Close'}
        </button>
      </div>
      <AnswerView answer={answer} onRetry={refresh}>
        {(thread) => <Shown {...props} read={thread} onChanged={refresh} />}
      </AnswerView>
    </section>
  );
}

function Shown({ read, onChanged, ...props }: Props & { read: Thread; onChanged: () => void }) {
  const { api, onFail, now, onActed } = props;
  const [acted, setActed] = useState<Thread>();
  const [act, setAct] = useState<ActName>();
  const [notice, setNotice] = useState('');
  /** What came of asking another: true of the thread as it then was alone. */
  const [askedNext, setAskedNext] = useState({ words: '', sequence: 0 });
  const statusName = useStatusName();
  const next = useRef<HTMLElement>(null);
  const head = useRef<HTMLElement>(null);
  // An act answers with the thread as it is then; what was read later is newer.
  const thread = acted && acted.sequence > read.sequence ? acted : read;
  const asked = thread.obligations.some(({ kind }) => kind === 'reply');
  const packetPath =
    thread.mayWork && BEFORE_THE_ANSWER.includes(thread.status)
      ? `/worklist/referrals/${encodeURIComponent(thread.referralId)}/packet`
      : undefined;
  const [packet, readPacket] = useAnswer<PacketAnswer>(api, packetPath, onFail);
  const there = packet.kind === 'ready' && packet.value.standing === 'there' ? packet.value.packet : undefined;
  const awaited = packetPath !== undefined && packet.kind === 'loading';
  const readAt = useRef(thread.sequence);
  useEffect(() => {
    if (readAt.current !== thread.sequence) readPacket();
    readAt.current = thread.sequence;
  }, [thread.sequence, readPacket]);
  const changed = () => {
    onChanged();
    readPacket();
    onActed();
  };
  const doneBy = (name: ActName) => (changed: Thread) => {
    setActed(changed);
    setAct(undefined);
    setNotice(`On record: ${ACT_FORMS[name].name}.`);
    onActed();
    next.current?.focus();
  };
  return (
    <>
      <Head ref={head} thread={thread} />
      <Loop status={thread.status} />
      {thread.obligations.map((owed) => (
        <Owed key={owed.id} owed={owed} proposal={thread.proposal} now={now()} />
      ))}
      {thread.effects.map((effect) => (
        <EffectDecisions
          key={effect.effectId}
          api={api}
          onFail={onFail}
          thread={thread}
          effect={effect}
          onDone={(changed, words) => {
            setActed(changed);
            setNotice(words);
            onActed();
            onChanged();
          }}
          onChanged={onChanged}
        />
      ))}
      {thread.obligations.length === 0 ? <p className={styles['settled']}>Nothing is owed: {endWords(thread.status, statusName)}</p> : null}
      {thread.mayWork || thread.obligations.length === 0 ? null : (
        <p className="caption">To read only: {thread.obligations[0]?.owner?.name ?? 'somebody else'} works on it.</p>
      )}
      <section ref={next} tabIndex={-1} className={styles['next']} aria-label="Next step">
        {!thread.mayWork ? null : act !== undefined ? (
          <ActPanel
            key={act}
            api={api}
            onFail={onFail}
            thread={thread}
            act={act}
            packet={there}
            now={now}
            onDone={doneBy(act)}
            onChanged={() => {
              onChanged();
              readPacket();
            }}
            onClose={() => {
              setAct(undefined);
              next.current?.focus();
            }}
          />
        ) : (
          <>
            {asked ? (
              <ReplyForm
                // What was written to one office is not for another.
                key={thread.asker ?? ''}
                api={api}
                onFail={onFail}
                thread={thread}
                onDone={(changed) => {
                  setActed(changed);
                  setNotice('Your answer is on the page of the office.');
                  onActed();
                }}
                onChanged={onChanged}
              />
            ) : null}
            {thread.mayAskNext ? (
              <AskNextPerformer
                key={thread.sequence}
                api={api}
                onFail={onFail}
                thread={thread}
                onDone={(changed) => {
                  setActed(changed);
                  setNotice('');
                  setAskedNext({ words: askedWords(thread, changed), sequence: changed.sequence });
                  onActed();
                  // Where it stands now is said at the top, far above who was pressed.
                  next.current?.focus({ preventScroll: true });
                  head.current?.scrollIntoView();
                }}
                onChanged={onChanged}
              />
            ) : null}
            <Acts
              thread={thread}
              quiet={asked || thread.mayAskNext || ((awaited || there !== undefined) && thread.status === 'in-chart')}
              onAct={setAct}
            />
            <OfficeLink
              key={thread.referralId}
              api={api}
              onFail={onFail}
              thread={thread}
              hasPacket={awaited || there !== undefined}
              onChanged={changed}
            />
          </>
        )}
      </section>
      <output className="caption">{askedNext.sequence === thread.sequence ? askedNext.words : notice}</output>
      <HowToReach reach={thread.reach} now={now()} />
      {there ? (
        <PacketPanel
          api={api}
          onFail={onFail}
          referralId={thread.referralId}
          packet={there}
          besideSent={act === 'sent'}
          onChanged={changed}
        />
      ) : null}
      {packet.kind === 'failed' ? (
        <section className={styles['link']} aria-label="Packet">
          <strong>Packet</strong>
          <AnswerView answer={packet} onRetry={readPacket}>
            {() => null}
          </AnswerView>
        </section>
      ) : null}
      {thread.mayWork ? (
        <ContactPanel
          key={`contact of ${thread.referralId}`}
          api={api}
          onFail={onFail}
          referralId={thread.referralId}
          performerName={thread.performer?.name ?? null}
          sequence={thread.sequence}
          now={now}
          onChanged={changed}
        />
      ) : null}
      <ThreadEntries entries={thread.entries} now={now()} />
    </>
  );
}

/** As long as nobody there has said yes or no, it can be sent, and sent again. */
const BEFORE_THE_ANSWER = ['in-chart', 'sent', 'received'];

const endWords = (status: string, nameOf: (status: string) => string): string =>
  status === 'closed' ? 'the loop is closed.' : `this referral is ${nameOf(status)}.`;

const NETWORKS: Readonly<Record<string, string>> = { in: 'in network', out: 'out of network' };

const networkWords = (network: string): string => NETWORKS[network] ?? 'network not known';

function Head({ thread, ref }: { thread: Thread; ref: Ref<HTMLElement> }) {
  const statusName = useStatusName();
  const { patientName, specialtyName, urgency, status, performer, coordinator, appointment } = thread;
  return (
    <header ref={ref} className={styles['head']}>
      <div className={styles['title']}>
        <h2>{patientName || 'Referral'}</h2>
        <span className={styles['chips']}>
          {urgency === 'routine' ? null : <Chip tone="warn">{urgency}</Chip>}
          <Chip tone={status === 'closed' ? 'good' : stepsDone(status) === undefined ? 'wait' : 'info'}>{statusName(status)}</Chip>
        </span>
      </div>
      <p>
        {specialtyName}
        {performer ? ` · ${performer.name}` : ''}
      </p>
      <p className="caption num">
        {performer ? `NPI ${performer.npi} · ${networkWords(performer.network)} · ` : ''}
        {coordinator ? `with ${coordinator.name}` : 'with no coordinator'}
        {appointment ? ` · visit ${plainTime(appointment.startsAt)}` : ''}
      </p>
    </header>
  );
}

function Loop({ status }: { status: string }) {
  const done = stepsDone(status);
  if (done === undefined) return null;
  return (
    <ol className={styles['loop']} aria-label="How far it is">
      {LOOP_STEPS.map((step, index) => (
        <li key={step} className={index < done ? styles['done'] : undefined}>
          {step}
          <span className="sr-only">{index < done ? ', done' : ', not yet'}</span>
        </li>
      ))}
    </ol>
  );
}

/** @param quiet something else is the one thing to do next */
function Acts({ thread, quiet, onAct }: { thread: Thread; quiet: boolean; onAct: (act: ActName) => void }) {
  const next = nextAct(thread);
  const others = thread.acts.filter((act) => act !== next);
  if (thread.acts.length === 0) return null;
  return (
    <div className={styles['buttons']}>
      {next ? (
        <Button variant={quiet ? 'default' : 'filled'} onClick={() => onAct(next)}>
          {ACT_FORMS[next].name}…
        </Button>
      ) : null}
      {others.length > 0 ? (
        <Menu position="bottom-start" transitionProps={{ duration: 0 }} returnFocus={false}>
          <Menu.Target>
            <Button variant="default">Something else…</Button>
          </Menu.Target>
          <Menu.Dropdown>
            {others.map((act) => (
              <Menu.Item key={act} onClick={() => onAct(act)}>
                {ACT_FORMS[act].name}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      ) : null}
    </div>
  );
}
