/** After approving: three indicators that settle live, what is left to do, and the way back. */
import { Button } from '@mantine/core';
import { LEFT_TO_DO, rungOf } from '@refloop/domain/write-back/rung';
import { leftOutOf } from '../chart/write-back-rung.ts';
import bar from '../refer/ActionBar.module.css';
import type { Desk, DeskState } from '../refer/desk.ts';
import { CandidateQuestion, Handout, NoteToTake, WithdrawApproval } from '../refer/later.ts';
import { backToChart } from '../session/back-to-chart.ts';
import { Chip } from '../ui/Chip.tsx';
import type { ApprovalState } from './approval-state.ts';
import { indicators, isWhole, mayWithdraw, stepProblem, stoppedText } from './plan-words.ts';
import { ResumesAt } from './ResumesAt.tsx';

/** Here by now: it is what began to write. */
const finish = (desk: Desk, planId: string, performerName: string) =>
  import('./plan-flow.ts').then(({ finishWriting }) => finishWriting(desk, planId, performerName));

type Props = { desk: Desk; state: DeskState; approval: Extract<ApprovalState, { kind: 'writing' | 'ended' }> };

export function OutcomeBar({ desk, state, approval }: Props) {
  const { plan, performerName } = approval;
  const ended = approval.kind === 'ended';
  const writing = approval.kind === 'writing' ? approval.writing : undefined;
  const problems = plan.steps.flatMap((step) => stepProblem(step) ?? []);
  const unfinished = ended && plan.steps.length > 0 && !isWhole(plan);
  const rung = rungOf(plan.rung);
  const leftToDo = ended && !unfinished ? LEFT_TO_DO[rung] : undefined;
  return (
    <footer className={bar['bar']} aria-label="Decision">
      <output className={bar['result']}>
        <strong>{performerName}</strong>
        {indicators(plan, writing, unfinished).map((indicator) => (
          <Chip key={indicator.label} tone={indicator.tone}>
            {indicator.label}: {indicator.text}
          </Chip>
        ))}
        {plan.decision.by === desk.session.user.name ? null : (
          <span className="caption">Approved by {plan.decision.by}. You finish it in their place.</span>
        )}
        {plan.leftOut.length > 0 ? <span className="caption">{leftOutOf(plan.leftOut)}</span> : null}
        {leftToDo ? <span>{leftToDo}</span> : null}
        {problems.map((problem) => (
          <span key={problem}>{problem}</span>
        ))}
        {approval.kind === 'ended' && approval.stopped ? <span>{stoppedText(approval.stopped)}</span> : null}
        {approval.kind === 'ended' && approval.resumeAt !== undefined ? <ResumesAt at={approval.resumeAt} /> : null}
        {unfinished ? (
          <span className="num">
            Reference <strong>{plan.reference}</strong>
          </span>
        ) : null}
        {ended
          ? plan.steps.map((step) =>
              step.outcome.status === 'unsure' ? <CandidateQuestion key={step.name} desk={desk} plan={plan} step={step} /> : null,
            )
          : null}
        {state.notice ? <span>{state.notice}</span> : null}
      </output>
      <div className={bar['buttons']}>
        {ended && rung >= 3 ? <NoteToTake desk={desk} sentences={state.sentences} planId={plan.id} /> : null}
        {ended && plan.writeBack === 'done' && rung <= 2 ? (
          <Handout
            api={desk.api}
            onFail={(refusal) => desk.fail(refusal)}
            referralId={plan.referralId}
            performerName={performerName}
            onNotice={(notice) => desk.store.set({ notice })}
          />
        ) : null}
        {unfinished && plan.writeBack !== 'unsure' ? (
          <Button variant="default" onClick={() => void finish(desk, plan.id, performerName)}>
            {approval.kind === 'ended' && approval.resumeAt !== undefined ? 'Try now' : 'Finish writing'}
          </Button>
        ) : null}
        {unfinished && mayWithdraw(plan) ? <WithdrawApproval desk={desk} planId={plan.id} /> : null}
        {ended ? <Button onClick={() => backToChart(desk.context.iss)}>Back to chart</Button> : null}
      </div>
    </footer>
  );
}
