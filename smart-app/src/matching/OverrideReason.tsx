/** A specialist who is not known to be in network needs a recorded reason; the ranking itself needs none. */
import { Select, TextInput } from '@mantine/core';
import { OVERRIDE_REASONS } from '@refloop/domain/matching/override';
import type { Desk, DeskState } from '../refer/desk.ts';
import { changeWorking } from '../refer/request-flow.ts';
import styles from './MatchCard.module.css';

const options = [
  {
    group: 'Lawful choice',
    items: OVERRIDE_REASONS.filter((reason) => reason.lawfulChoice).map(({ code, label }) => ({ value: code, label })),
  },
  { group: 'Care', items: OVERRIDE_REASONS.filter((reason) => !reason.lawfulChoice).map(({ code, label }) => ({ value: code, label })) },
];

export function OverrideReason({ desk, choice }: { desk: Desk; choice: DeskState['choice'] }) {
  const { override } = choice;
  const reason = OVERRIDE_REASONS.find((each) => each.code === override?.code);
  const set = (code: string | null, text: string) =>
    changeWorking(desk, { choice: { ...choice, byPerson: true, override: code === null ? null : { code, text } } });
  return (
    <div className={styles['override']}>
      <Select
        label="Reason for this specialist"
        description="Kept with the referral; asked because the specialist is not known to be in network."
        placeholder="Choose a reason"
        data={options}
        value={override?.code ?? null}
        onChange={(code) => set(code, override?.text ?? '')}
      />
      {override ? (
        <TextInput
          label={reason?.needsText ? 'In words' : 'In words, if you like'}
          required={reason?.needsText ?? false}
          maxLength={500}
          value={override.text}
          onChange={(event) => set(override.code, event.currentTarget.value)}
        />
      ) : null}
    </div>
  );
}
