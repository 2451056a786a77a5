/** Who is to have the referrals that were chosen. */
import { Button, Group, Modal, NativeSelect } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { Listed } from './listed-rows.ts';

type Props = {
  /** How many referrals. */
  count: number;
  people: Listed['people'];
  /** Subject of who gives. */
  me: string;
  onGive: (to: string) => void;
  onClose: () => void;
};

export function AssignDialog({ count, people, me, onGive, onClose }: Props) {
  // Whoever takes something themselves comes first: that is what is done most.
  const [to, setTo] = useState(() => people.find(({ subject }) => subject === me)?.subject ?? people[0]?.subject ?? '');
  const give = (event: FormEvent) => {
    event.preventDefault();
    if (to !== '') onGive(to);
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={`Assign ${count} ${count === 1 ? 'referral' : 'referrals'}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form onSubmit={give}>
        {people.length === 0 ? (
          <p>Nobody here has the role of a coordinator. An administrator can give it under Access.</p>
        ) : (
          <NativeSelect
            data-autofocus
            label="Give to"
            value={to}
            onChange={(event) => setTo(event.currentTarget.value)}
            data={people.map(({ subject, name }) => ({ value: subject, label: subject === me ? `${name} (you)` : name }))}
          />
        )}
        <Group mt="md">
          {people.length === 0 ? null : <Button type="submit">Give</Button>}
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
