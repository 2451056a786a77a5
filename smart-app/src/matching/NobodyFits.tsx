/** Closing without a referral: the reason is kept, nothing is sent and nothing is written to the chart. */
import { Button, Group, Modal, Textarea } from '@mantine/core';
import { useState } from 'react';
import { dismiss } from '../approval/approval-flow.ts';
import type { Desk } from '../refer/desk.ts';

export function NobodyFits({ desk, opened, onClose }: { desk: Desk; opened: boolean; onClose: () => void }) {
  const [reason, setReason] = useState('');
  const [missing, setMissing] = useState(false);
  const close = () => {
    if (reason.trim().length < 3) {
      setMissing(true);
      return;
    }
    onClose();
    void dismiss(desk, reason.trim());
  };
  return (
    <Modal opened={opened} onClose={onClose} title="Nobody fits" closeButtonProps={{ 'aria-label': 'Close' }}>
      <p>This closes the referral without ordering. Nothing is sent and nothing is written to the chart.</p>
      <Textarea
        data-autofocus
        mt="sm"
        label="Why nobody fits"
        description="Kept with the recommendation, so that the directory or the ranking can be mended."
        maxLength={500}
        value={reason}
        error={missing ? 'Say in a few words why nobody fits.' : undefined}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <Group mt="md">
        <Button onClick={close}>Close without ordering</Button>
        <Button variant="default" onClick={onClose}>
          Go on choosing
        </Button>
      </Group>
    </Modal>
  );
}
