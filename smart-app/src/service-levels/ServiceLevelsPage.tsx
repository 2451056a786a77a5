/** The service levels of the site as a table, with exceptions, calendars and versions; administrators change them by a new version. */
import { Button } from '@mantine/core';
import { fromLists, listsOf, type PolicyContent } from '@refloop/domain/sla/policy-content';
import { overrideWords } from '@refloop/domain/sla/policy-difference';
import type { PolicyPreview, ServiceLevelsAnswer } from '@refloop/server/client/service-levels';
import { useMemo, useState } from 'react';
import { AnswerView } from '../center/AnswerView.tsx';
import center from '../center/CenterPage.module.css';
import type { CenterProps } from '../center/CenterPage.tsx';
import { useAnswer } from '../center/use-answer.ts';
import { ReviewDialog } from '../versions/ReviewDialog.tsx';
import { VersionHead } from '../versions/VersionHead.tsx';
import { VersionList } from '../versions/VersionList.tsx';
import versions from '../versions/Versions.module.css';
import { plainDate } from '../words/plain-date.ts';
import { CalendarDialog } from './CalendarDialog.tsx';
import { ExceptionDialog } from './ExceptionDialog.tsx';
import { sameContent } from './policy-draft.ts';
import styles from './ServiceLevels.module.css';
import { StageDialog, type StageId } from './StageDialog.tsx';
import { ORDER, StageTable } from './StageTable.tsx';

/** @param item the version that is looked at; the one in force unless it is a number */
type Props = CenterProps & { item: string | undefined };

export default function ServiceLevelsPage({ item, ...props }: Props) {
  const path = item !== undefined && /^\d{1,6}$/.test(item) ? `/service-levels/versions/${item}` : '/service-levels';
  const [answer, refresh] = useAnswer<ServiceLevelsAnswer>(props.api, path, props.onFail);
  const [notice, setNotice] = useState('');
  const onKept = ({ made }: ServiceLevelsAnswer) => {
    setNotice(`Version ${made.version} is in force.`);
    if (path === '/service-levels') refresh();
    else location.hash = '#service-levels';
  };
  return (
    <main className={`${center['page']} ${styles['page']}`}>
      <div className={center['head']}>
        <h1>Service levels</h1>
        <output className="caption">{notice}</output>
      </div>
      <AnswerView answer={answer} onRetry={refresh}>
        {(levels) => {
          const kept = fromLists(levels.content);
          return kept ? <Shown key={levels.made.version} {...props} answer={levels} kept={kept} onKept={onKept} /> : null;
        }}
      </AnswerView>
    </main>
  );
}

type Open =
  | { what: 'stage'; stage: StageId }
  | { what: 'exception' }
  | { what: 'calendar'; clinic: string | undefined }
  | { what: 'review' };

type ShownProps = CenterProps & { answer: ServiceLevelsAnswer; kept: PolicyContent; onKept: (answer: ServiceLevelsAnswer) => void };

function Shown({ answer, kept, onKept, ...props }: ShownProps) {
  const { made, inForce, mayChange, stages, steps } = answer;
  const [draft, setDraft] = useState(kept);
  const [open, setOpen] = useState<Open>();
  const lists = useMemo(() => listsOf(draft), [draft]);
  const changes = mayChange && made.version === inForce;
  const changed = !sameContent(draft, kept);
  const close = () => setOpen(undefined);
  const take = (content: PolicyContent) => {
    setDraft(content);
    close();
  };
  const calendarOf = (clinic: string | undefined) => (clinic === undefined ? undefined : draft.clinicCalendars[clinic]) ?? draft.calendar;
  return (
    <>
      <VersionHead
        made={made}
        inForce={inForce}
        mayChange={mayChange}
        changed={changed}
        onReview={() => setOpen({ what: 'review' })}
        onTakeBack={() => setDraft(kept)}
      >
        Business hours and days run while the practice is open; all others run on the clock on the wall.
      </VersionHead>
      <StageTable answer={answer} content={draft} onChange={changes ? (stage) => setOpen({ what: 'stage', stage }) : undefined} />
      <Exceptions answer={answer} content={draft} changes={changes} onAdd={() => setOpen({ what: 'exception' })} onChange={setDraft} />
      <Calendars
        content={draft}
        changes={changes}
        onOpen={(clinic) => setOpen({ what: 'calendar', clinic })}
        onRemove={(clinic) => {
          const { [clinic]: _gone, ...clinicCalendars } = draft.clinicCalendars;
          setDraft({ ...draft, clinicCalendars });
        }}
      />
      <VersionList place="service-levels" versions={answer.versions} shown={made.version} />
      {open?.what === 'stage' ? (
        <StageDialog
          stage={open.stage}
          name={stages.find(({ kind }) => kind === open.stage)?.name ?? ORDER.name}
          steps={steps.filter(({ of }) => of === open.stage)}
          content={draft}
          onSave={take}
          onClose={close}
        />
      ) : null}
      {open?.what === 'exception' ? <ExceptionDialog answer={answer} content={draft} onSave={take} onClose={close} /> : null}
      {open?.what === 'calendar' ? (
        <CalendarDialog
          clinic={open.clinic}
          calendar={calendarOf(open.clinic)}
          onSave={(clinic, calendar) =>
            take(
              clinic === undefined
                ? { ...draft, calendar }
                : { ...draft, clinicCalendars: { ...draft.clinicCalendars, [clinic]: calendar } },
            )
          }
          onClose={close}
        />
      ) : null}
      {open?.what === 'review' ? (
        <ReviewDialog<PolicyPreview, ServiceLevelsAnswer>
          api={props.api}
          onFail={props.onFail}
          path="/service-levels"
          base={inForce}
          content={lists}
          because={made.version === inForce ? '' : `Back to version ${made.version}.`}
          reach={reachWords}
          onKept={onKept}
          onClose={close}
        />
      ) : null}
    </>
  );
}

type ExceptionsProps = {
  answer: ServiceLevelsAnswer;
  content: PolicyContent;
  changes: boolean;
  onAdd: () => void;
  onChange: (content: PolicyContent) => void;
};

function Exceptions({ answer: { stages, steps }, content, changes, onAdd, onChange }: ExceptionsProps) {
  const { levelOverrides, stepOverrides } = content;
  const rows = [
    ...levelOverrides.map((each, at) => ({
      key: `level ${at}`,
      name: stages.find(({ kind }) => kind === each.kind)?.name ?? each.kind,
      words: overrideWords(each),
      because: each.because,
      without: { ...content, levelOverrides: levelOverrides.toSpliced(at, 1) },
    })),
    ...stepOverrides.map((each, at) => ({
      key: `step ${at}`,
      name: steps.find(({ rule }) => rule === each.rule)?.words ?? each.rule,
      words: overrideWords(each),
      because: each.because,
      without: { ...content, stepOverrides: stepOverrides.toSpliced(at, 1) },
    })),
  ];
  return (
    <section className={versions['part']} aria-labelledby="exceptions">
      <div className={center['head']}>
        <h2 id="exceptions">Exceptions</h2>
        {changes ? (
          <Button size="compact-sm" variant="default" onClick={onAdd}>
            Add an exception…
          </Button>
        ) : null}
      </div>
      {rows.length === 0 ? <p className="caption">No payer, specialty or clinic has times of its own.</p> : null}
      <ul className={versions['rows']}>
        {rows.map(({ key, name, words, because, without }) => (
          <li key={key}>
            <span>
              <strong>{name}</strong> {words}. <span className={styles['quiet']}>{because}</span>
            </span>
            {changes ? (
              <Button size="compact-sm" variant="default" aria-label={`Take out: ${name} ${words}`} onClick={() => onChange(without)}>
                Take out
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  );
}

type CalendarsProps = {
  content: PolicyContent;
  changes: boolean;
  onOpen: (clinic: string | undefined) => void;
  onRemove: (clinic: string) => void;
};

const hour = (value: number): string => `${String(value).padStart(2, '0')}:00`;

function Calendars({ content: { calendar, clinicCalendars }, changes, onOpen, onRemove }: CalendarsProps) {
  const rows = [{ clinic: undefined, own: calendar }, ...Object.entries(clinicCalendars).map(([clinic, own]) => ({ clinic, own }))];
  return (
    <section className={versions['part']} aria-labelledby="calendars">
      <div className={center['head']}>
        <h2 id="calendars">Calendars</h2>
        {changes ? (
          <Button size="compact-sm" variant="default" onClick={() => onOpen('')}>
            Add a clinic…
          </Button>
        ) : null}
      </div>
      <ul className={versions['rows']}>
        {rows.map(({ clinic, own }) => (
          <li key={clinic ?? ''}>
            <div>
              <strong>{clinic ?? 'The site'}</strong> Monday to Friday, {hour(own.opens)} to {hour(own.closes)}, {own.timeZone}.
              <details>
                <summary>{own.holidays.length} holidays</summary>
                <p className="num">{own.holidays.map(plainDate).join(', ')}</p>
              </details>
            </div>
            {changes ? (
              <span className={center['actions']}>
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={`Change the calendar of ${clinic ?? 'the site'}`}
                  onClick={() => onOpen(clinic)}
                >
                  Change…
                </Button>
                {clinic === undefined ? null : (
                  <Button
                    size="compact-sm"
                    variant="default"
                    aria-label={`Take out the calendar of ${clinic}`}
                    onClick={() => onRemove(clinic)}
                  >
                    Take out
                  </Button>
                )}
              </span>
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  );
}

function reachWords({ referrals, atLeast }: PolicyPreview): string {
  const count = `${atLeast ? 'at least ' : ''}${referrals} open ${referrals === 1 ? 'referral' : 'referrals'}`;
  return `This can reach ${count}. Each is looked at anew within minutes: its deadlines, and steps whose time has come.`;
}
