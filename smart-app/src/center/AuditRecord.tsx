/** One recommendation, top to bottom as it happened. Nothing is hidden in tabs. */
import { diffWords } from '@refloop/domain/drafting/word-diff';
import { OVERRIDE_REASONS } from '@refloop/domain/matching/override';
import { languageName } from '@refloop/domain/matching/plain-words';
import { RUNG_EFFECT, rungOf } from '@refloop/domain/write-back/rung';
import type { RecommendationRecord } from '@refloop/server/client/admin';
import type { ReactNode } from 'react';
import { STEP_WORDS, stepProblem, writtenIndicators } from '../approval/plan-words.ts';
import { exclusionText } from '../matching/card-words.ts';
import { changesText, noteChanges, plainNote } from '../note/working-copy.ts';
import { endOfPend } from '../refer/pend-words.ts';
import { specialtyName } from '../refer/request-form.ts';
import { Chip } from '../ui/Chip.tsx';
import { counted } from '../words/counted.ts';
import { plainDate, plainTime } from '../words/plain-date.ts';
import { AnswerView } from './AnswerView.tsx';
import styles from './AuditPage.module.css';
import type { CenterProps } from './CenterPage.tsx';
import { RankedBars } from './RankedBars.tsx';
import { useAnswer } from './use-answer.ts';

export function AuditRecord({ id, api, onFail }: CenterProps & { id: string }) {
  const [answer, refresh] = useAnswer<RecommendationRecord>(api, `/audit/recommendations/${encodeURIComponent(id)}`, onFail);
  return (
    <AnswerView answer={answer} onRetry={refresh}>
      {(record) => <Record record={record} />}
    </AnswerView>
  );
}

function Step({ name, children }: { name: string; children: ReactNode }) {
  return (
    <section className={styles['step']} aria-label={name}>
      <h2>{name}</h2>
      <div>{children}</div>
    </section>
  );
}

function Record({ record }: { record: RecommendationRecord }) {
  const { recommendation } = record;
  return (
    <article>
      <h1 className={styles['title']}>Recommendation {recommendation.id}</h1>
      <p className={`${styles['by']} caption num`}>
        {record.userName} · patient {record.patientPseudonym} · {record.site} · {plainTime(recommendation.madeAt)}
      </p>
      <Step name="Asked">
        <Asked record={record} />
      </Step>
      <Step name="Seen">
        <Seen record={record} />
      </Step>
      <Step name="Considered">
        <Considered record={record} />
      </Step>
      <Step name="Ranked">
        <RankedBars ranked={recommendation.match.ranked} chosen={recommendation.working.chosen} decided={record.decision !== null} />
      </Step>
      {recommendation.prepared?.pend ? (
        <Step name="Prepared">
          <Prepared record={record} prepared={recommendation.prepared} pend={recommendation.prepared.pend} />
        </Step>
      ) : null}
      <Step name="Drafted → signed">
        <Signed record={record} />
      </Step>
      <Step name="Decided">
        <Decided record={record} />
      </Step>
      <Step name="Written back">
        <WrittenBack record={record} />
      </Step>
      <Step name="Proof">
        {record.proof.length === 0 ? (
          <p>Not numbered in the chain yet. Load this page again in a moment.</p>
        ) : (
          <ul className={styles['ranked']}>
            {record.proof.map((entry) => (
              <li key={entry.row}>
                <span className={styles['chips']}>
                  <Chip tone="good">in the chain, entry {entry.row}</Chip>
                  <span className="num">
                    {entry.action}, {plainTime(entry.at)}, by {entry.by}
                    {entry.coveringFor === null ? '' : ` for ${entry.coveringFor}, covering`}
                  </span>
                </span>
                <span className={styles['hash']}>leaf {entry.leafHash}</span>
              </li>
            ))}
          </ul>
        )}
      </Step>
    </article>
  );
}

function Asked({ record }: { record: RecommendationRecord }) {
  const { request } = record.recommendation;
  const { match } = request;
  const place = match.place === null ? 'no address' : 'zip' in match.place ? `of ${match.place.zip}` : 'of the patient’s address';
  const parts = [
    specialtyName(match.specialty),
    match.urgency,
    `within ${match.radiusMiles} mi ${place}`,
    match.coverage === null ? 'no coverage' : `plan ${match.coverage.planName ?? match.coverage.planIdentifier ?? 'not named'}`,
    request.reasonCodes.map((code) => code.code).join(', '),
    match.languages.map(languageName).join(', '),
    match.patient,
  ];
  return <p className="num">{parts.filter(Boolean).join(' · ')}</p>;
}

function Seen({ record }: { record: RecommendationRecord }) {
  const { draft, match } = record.recommendation;
  const documents = draft.sources.filter((source) => source.ref.type === 'DocumentReference').length;
  return (
    <p className="num">
      {counted(draft.sources.length - documents, 'chart fact', 'chart facts')}, {counted(documents, 'document', 'documents')} · sent to a
      model: <b>nothing</b> ({draft.composer.name} {draft.composer.version}) · directory snapshot{' '}
      <span className={styles['hash']}>{match.directory.hash.slice(0, 12)}…</span> of {plainDate(match.directory.asOf)}
      {match.directory.synthetic ? ' (synthetic)' : ''} · policy <b>{`${match.policy.id} ${match.policy.version}`}</b> · engine{' '}
      {match.engine}
      {draft.withheld.count > 0 ? ` · ${draft.withheld.count} kept out: ${draft.withheld.why.join(', ')}` : ''}
      {draft.notSeen.length > 0 ? ` · ${draft.notSeen.join(' ')}` : ''}
    </p>
  );
}

function Considered({ record }: { record: RecommendationRecord }) {
  const { match } = record.recommendation;
  const counts = Object.entries(match.excluded.counts).filter(([, count]) => count > 0);
  return (
    <>
      <p className="num">
        <b>{match.inRadius}</b> in radius → <b>{match.eligible}</b> eligible
        {counts.length > 0 ? ` · ${counts.map(([reason, count]) => `${count} ${exclusionText(reason)}`).join(', ')}` : ''}
      </p>
      {match.excluded.nearest.length > 0 ? (
        <details>
          <summary>Nearest {match.excluded.nearest.length} excluded</summary>
          <ul className={`${styles['ranked']} num`}>
            {match.excluded.nearest.map((each) => (
              <li key={`${each.entryId}-${each.reason}`}>
                {each.name}
                {each.organization ? `, ${each.organization}` : ''}: {exclusionText(each.reason)}
                {each.miles === null ? '' : `, ${each.miles.toFixed(1)} mi`}
              </li>
            ))}
          </ul>
        </details>
      ) : null}
    </>
  );
}

/** A part's place in the text is what names it: the same words may come twice. */
function keyedParts(before: string, after: string) {
  let at = 0;
  return diffWords(before, after).map((part) => {
    at += part.text.length;
    return { ...part, key: `${part.kind}-${at}` };
  });
}

type PreparedFacts = NonNullable<RecommendationRecord['recommendation']['prepared']>;
type PreparedProps = { record: RecommendationRecord; prepared: PreparedFacts; pend: NonNullable<PreparedFacts['pend']> };

/** Who prepared it for whom, and what they changed of the draft; what the clinician changed stands in the next step. */
function Prepared({ record, prepared, pend }: PreparedProps) {
  const changes = changesText(noteChanges(record.recommendation.draft.sentences, prepared.sentences), prepared.by.name);
  return (
    <>
      <p className="num">
        <b>{prepared.by.name}</b> prepared it for <b>{pend.for.name}</b> to sign, {plainTime(pend.since)}. Note: {changes}.
      </p>
      {pend.note === '' ? null : <p>“{pend.note}”</p>}
      {pend.ended === null ? <p className="caption">Not signed yet.</p> : <p className="num">{endOfPend(pend.ended, pend.for)}</p>}
    </>
  );
}

function Signed({ record }: { record: RecommendationRecord }) {
  const drafted = record.recommendation.draft.sentences;
  if (record.signed === null) {
    return (
      <>
        <p className={styles['diff']}>{plainNote(drafted)}</p>
        <p className="caption">Drafted, not signed.</p>
      </>
    );
  }
  const sourced = record.signed.filter((sentence) => sentence.sources.length > 0).length;
  const own = record.signed.filter((sentence) => sentence.author === 'clinician').length;
  const parts = keyedParts(plainNote(drafted), plainNote(record.signed));
  return (
    <>
      <p className={styles['diff']}>
        {parts.map(({ kind, text, key }) =>
          kind === 'removed' ? <del key={key}>{text}</del> : kind === 'added' ? <ins key={key}>{text}</ins> : <span key={key}>{text}</span>,
        )}
      </p>
      <p className="caption num">
        {sourced} of {record.signed.length} sentences sourced, {own} by the clinician
      </p>
    </>
  );
}

function Decided({ record }: { record: RecommendationRecord }) {
  const { decision, recommendation } = record;
  if (decision === null) return <p>{recommendation.status === 'DISMISSED' ? 'Closed without ordering.' : 'Not decided.'}</p>;
  const reason = OVERRIDE_REASONS.find((each) => each.code === decision.overrideReason || each.label === decision.overrideReason);
  return (
    <p className="num">
      {decision.by}
      {decision.coveringFor === null ? '' : `, covering for ${decision.coveringFor},`} chose <b>{decision.chosenName}</b>
      {decision.chosenRank === null ? ', not among the ranked' : ` (rank ${decision.chosenRank})`}
      {decision.overrideReason === null
        ? ''
        : `: ${reason?.label ?? decision.overrideReason}${reason?.lawfulChoice ? ' (lawful choice)' : ''}`}
      {decision.alternates.length === 0
        ? ''
        : `, and that these may be asked too: ${decision.alternates.map(({ name, rank }) => (rank === null ? name : `${name} (rank ${rank})`)).join('; ')}`}
      , {plainTime(decision.at)}.
      {decision.orderVersion === null ? ' No order was launched.' : ` Approved version ${decision.orderVersion} of the order.`}
    </p>
  );
}

function WrittenBack({ record }: { record: RecommendationRecord }) {
  const { plan } = record;
  if (plan === null) return <p>Nothing.</p>;
  const problems = plan.steps.flatMap((step) => stepProblem(step) ?? []);
  return (
    <>
      <p className={styles['chips']}>
        {plan.steps.map((step) => (
          <Chip key={step.name} tone={step.outcome.status === 'done' ? 'good' : step.outcome.status === 'waiting' ? 'wait' : 'warn'}>
            {STEP_WORDS[step.name]}
            {step.outcome.status === 'done' && step.outcome.versionId ? ` v${step.outcome.versionId}` : ''}
            {step.outcome.status === 'done' ? '' : `: ${step.outcome.status}`}
          </Chip>
        ))}
        <span className="caption num">
          rung {plan.rung} of 6: {RUNG_EFFECT[rungOf(plan.rung)]}
        </span>
      </p>
      <p className="caption">
        {writtenIndicators(plan, undefined, false)
          .map((indicator) => `${indicator.label}: ${indicator.text}`)
          .join(' · ')}
      </p>
      {[
        ...problems,
        ...(record.recommendation.writeBack.notPossible ?? []).map((each) => `Rung ${each.rung} not possible: ${each.why}`),
        ...plan.leftOut.map((each) => `${each.step} left out: ${each.why}`),
      ].map((text) => (
        <p key={text}>{text}</p>
      ))}
    </>
  );
}
