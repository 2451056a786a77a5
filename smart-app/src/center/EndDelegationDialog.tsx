/** Taking away that somebody prepares or covers; never without a reason. */
import { Button, Group, Modal, TextInput } from '@mantine/core';
import type { Delegation } from '@refloop/server/client/admin';
import { type FormEvent, useState } from 'react';
import styles from './CenterPage.module.css';

type Props = { delegation: Delegation; refused: string; busy: boolean; onClose: () => void; onEnd: (reason: string) => void };

export function EndDelegationDialog({ delegation, refused, busy, onClose, onEnd }: Props) {
  const [reason, setReason] = useState('');
  const [missing, setMissing] = useState(false);
  const end = (event: FormEvent) => {
    event.preventDefault();
    if (reason.trim().length < 3) return setMissing(true);
    setMissing(false);
    onEnd(reason.trim());
  };
  const { kind, delegate, clinician } = delegation;
  return (
    <Modal opened onClose={onClose} title="Take away" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={end} className={styles['form']} noValidate>
        <p>
          {kind === 'covers'
            ? `${delegate.name} no longer signs or finishes for ${clinician.name}, from the next request on. What ${clinician.name} approved stays theirs to finish.`
            : `${delegate.name} no longer sends referrals to ${clinician.name}, from the next request on. What was sent already can still be signed.`}
        </p>
        <TextInput
          data-autofocus
          label="Reason"
          value={reason}
          error={missing ? 'Say why in a few words.' : undefined}
          maxLength={300}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {refused ? <p role="alert">{refused}</p> : null}
        <Group>
          <Button type="submit" color="red" loading={busy}>
            Take away
          </Button>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
