/** The chart says that the patient has died: asked before anything else, since such an entry may also be a mistake. */
import { Button, Group } from '@mantine/core';
import { dismiss } from '../approval/approval-flow.ts';
import changed from '../approval/OrderChanged.module.css';
import { decides } from '../session/roles.ts';
import { plainDate } from '../words/plain-date.ts';
import type { Desk } from './desk.ts';
import { changeWorking } from './request-flow.ts';

export function DeathQuestion({ desk, deceased }: { desk: Desk; deceased: { on: string } }) {
  return (
    <section className={changed['page']} aria-labelledby="death">
      <h1 id="death">Is this referral still meant?</h1>
      <p role="alert">
        The chart says that this patient has died{deceased.on === '' ? '' : ` (${plainDate(deceased.on)})`}. If that is a mistake, have it
        corrected in the chart.
      </p>
      <Group>
        {decides(desk.session) ? (
          <Button onClick={() => void dismiss(desk, 'The chart says that the patient has died.')}>Close this referral</Button>
        ) : null}
        <Button variant="default" onClick={() => changeWorking(desk, { deathConsidered: true })}>
          Go on with the referral
        </Button>
      </Group>
      <p className="caption">
        {decides(desk.session)
          ? 'Your answer is kept with the recommendation. Closing orders nothing and sends nothing.'
          : 'The clinician who signs is asked the same.'}
      </p>
    </section>
  );
}
