/** One thing that is owed: whom it waits for, by when, and what was done about it. Of who is proposed to the clinician, by whom and when. */
import type { Thread } from '@refloop/server/client/thread';
import type { WorklistRow } from '@refloop/server/client/worklist';
import { Chip } from '../ui/Chip.tsx';
import { plainTime } from '../words/plain-date.ts';
import { leftWords, riskWords, waitingWords, wallMoments } from './row-words.ts';
import styles from './Thread.module.css';

export function Owed({ owed, proposal, now }: { owed: WorklistRow; proposal: Thread['proposal']; now: Date }) {
  const over = Date.parse(owed.dueAt) < now.getTime();
  return (
    <section className={styles['owed']} aria-label={owed.next}>
      <div className={styles['title']}>
        <strong>{owed.next}</strong>
        <Chip tone={over ? 'bad' : 'wait'}>{leftWords(owed, now)}</Chip>
      </div>
      <p>{owed.detail}</p>
      {owed.kind === 'approve-performer' && proposal !== null ? (
        <Proposal proposal={proposal} isTheirs={proposal.mayAnswer} now={now} />
      ) : null}
      {owed.risks.length > 0 ? <p>At risk: {riskWords(owed)}.</p> : null}
      <p className="caption num">
        {owed.detail.includes('Waits for') ? 'With' : `Waits for: ${waitingWords(owed).toLowerCase()} · with`}{' '}
        {owed.owner?.name ?? 'nobody'} · {wallMoments(owed, now).join(' · ')}
        {owed.escalatedTo ? ` · escalated to ${owed.escalatedTo.name}` : ''}
      </p>
      {owed.steps.length > 0 ? (
        <ul className={styles['steps']} aria-label="Steps taken">
          {owed.steps.map(({ rule, words, at, to }) => (
            <li key={`${rule} ${at}`} title={`Rule ${rule}`}>
              {words}{' '}
              <span className="caption num">
                To {to}, {plainTime(at, now)}
              </span>
            </li>
          ))}
        </ul>
      ) : null}
    </section>
  );
}

type ProposalProps = { proposal: NonNullable<Thread['proposal']>; isTheirs: boolean; now: Date };

const Proposal = ({ proposal, isTheirs, now }: ProposalProps) => (
  <>
    <p>Nothing is sent to them before the clinician approves.</p>
    {isTheirs ? (
      <p>
        <a href="#work">Approve or refuse on My work</a>
      </p>
    ) : null}
    <p className="caption num">
      {proposal.organization === null ? 'Proposed' : `${proposal.organization} · proposed`} by {proposal.proposedBy},{' '}
      {plainTime(proposal.at, now)}
    </p>
  </>
);
