/** Why the proposed specialist is not to be asked: the coordinator reads it and looks further. */
import { Button, Group, Modal, Textarea } from '@mantine/core';
import type { ToApproveRow } from '@refloop/server/client/work';
import { type FormEvent, useState } from 'react';
import { whoGoesOn } from './to-approve-words.ts';

type Props = { row: ToApproveRow; onClose: () => void; onRefuse: (reason: string) => void };

const SHORTEST = 3;

export function RefuseSpecialistDialog({ row, onClose, onRefuse }: Props) {
  const [reason, setReason] = useState('');
  const [missing, setMissing] = useState(false);
  const refuse = (event: FormEvent) => {
    event.preventDefault();
    if (reason.trim().length < SHORTEST) return setMissing(true);
    return onRefuse(reason.trim());
  };
  return (
    <Modal opened onClose={onClose} title={`Not ${row.specialist.name}`} closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={refuse} noValidate>
        <p>
          They are not asked. {whoGoesOn(row.coordinator)} reads why and can propose somebody else for {row.patientName}.
        </p>
        <Textarea
          data-autofocus
          mt="sm"
          label="Why not"
          maxLength={500}
          value={reason}
          error={missing && reason.trim().length < SHORTEST ? 'Say in a few words why.' : undefined}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Group mt="md">
          <Button type="submit">Do not ask them</Button>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
