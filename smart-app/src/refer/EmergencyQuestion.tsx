/** A red flag changes the page: this question stands before everything else. */
import { Button, Group } from '@mantine/core';
import { EMERGENCY_QUESTION } from '@refloop/domain/clinical/red-flags';
import { dismiss } from '../approval/approval-flow.ts';
import changed from '../approval/OrderChanged.module.css';
import type { Desk, DeskState } from './desk.ts';
import { changeWorking } from './request-flow.ts';

type Props = { desk: Desk; redFlags: DeskState['redFlags'] };

/** A preparer does not answer it: the clinician is asked first when they open this, and is told now if it cannot wait. */
export function EmergencyNotice({ desk, redFlags }: Props) {
  return (
    <section className={changed['page']} aria-labelledby="emergency">
      <h1 id="emergency">Tell the clinician now</h1>
      {redFlags.map((flag) => (
        <p key={flag.found} role="alert">
          {flag.sentence.replace(EMERGENCY_QUESTION, '').trim()}
        </p>
      ))}
      <p>Whether the emergency department is the right place is theirs to answer. They are asked first when they open what you prepare.</p>
      <Group>
        <Button onClick={() => desk.store.set({ emergencyTold: true })}>Go on preparing</Button>
      </Group>
    </section>
  );
}

export function EmergencyQuestion({ desk, redFlags }: Props) {
  return (
    <section className={changed['page']} aria-labelledby="emergency">
      <h1 id="emergency">{EMERGENCY_QUESTION}</h1>
      {redFlags.map((flag) => (
        <p key={flag.found} role="alert">
          {flag.sentence.replace(EMERGENCY_QUESTION, '').trim()}
        </p>
      ))}
      <Group>
        <Button
          color="red"
          onClick={() => void dismiss(desk, 'Emergency department: the patient is sent there instead of being referred.')}
        >
          Yes, close this referral
        </Button>
        <Button variant="default" onClick={() => changeWorking(desk, { emergencyConsidered: true })}>
          No, go on with the referral
        </Button>
      </Group>
      <p className="caption">Your answer is kept with the recommendation. Closing orders nothing and sends nothing.</p>
    </section>
  );
}
