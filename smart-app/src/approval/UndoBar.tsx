/** The undo window: nothing has left the page yet, and one press takes it back. */
import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import bar from '../refer/ActionBar.module.css';
import type { Desk } from '../refer/desk.ts';
import { focusNow } from '../ui/focus-now.ts';
import { stopSending, undo } from './approval-flow.ts';
import type { ApprovalState } from './approval-state.ts';

export function UndoBar({ desk, approval }: { desk: Desk; approval: Extract<ApprovalState, { kind: 'undo' | 'sending' }> }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, []);
  const left = approval.kind === 'undo' ? Math.max(0, Math.ceil((approval.until - now) / 1000)) : 0;
  return (
    <footer className={bar['bar']} aria-label="Decision">
      <div className={bar['result']}>
        <output>
          {approval.kind === 'undo'
            ? `Approving for ${approval.performerName}. Nothing has left yet.`
            : approval.serverSilent
              ? `Refloop’s server does not answer. Your approval for ${approval.performerName} is kept in this page and sent again by itself; nothing is written to the chart yet.`
              : `Approving for ${approval.performerName}.`}
        </output>
        {approval.kind === 'undo' ? (
          <span className="num caption" aria-hidden="true">
            {left} s
          </span>
        ) : null}
      </div>
      {approval.kind === 'undo' ? (
        <Button variant="default" ref={focusNow} onClick={() => undo(desk)}>
          Undo (Esc)
        </Button>
      ) : approval.serverSilent ? (
        <Button variant="default" onClick={() => stopSending(desk)}>
          Stop trying
        </Button>
      ) : null}
    </footer>
  );
}
