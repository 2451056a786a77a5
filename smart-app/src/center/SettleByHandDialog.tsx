/** The order was placed in the chart by hand, where the EHR takes none from Refloop: said by who approved it. */
import { Button, Checkbox, Group, Modal, Textarea } from '@mantine/core';
import type { SettleByHand, UnfinishedRow } from '@refloop/server/client/work';
import { type FormEvent, useState } from 'react';

type Props = { row: UnfinishedRow; onClose: () => void; onSettle: (said: SettleByHand) => void };

export function SettleByHandDialog({ row, onClose, onSettle }: Props) {
  const [note, setNote] = useState('');
  const [sameOrder, setSameOrder] = useState(false);
  const [missing, setMissing] = useState(false);
  const settle = (event: FormEvent) => {
    event.preventDefault();
    if (note.trim().length < 3) return setMissing(true);
    onSettle({ note: note.trim(), sameOrder });
  };
  return (
    <Modal opened onClose={onClose} title={`Done by hand: ${row.reference}`} closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={settle}>
        <p>{row.detail}</p>
        <p>From then on the referral is in force: a coordinator sends it, and it is followed until the note is back.</p>
        <Textarea
          data-autofocus
          mt="sm"
          label="What was done, with the order’s number if it has one"
          maxLength={500}
          value={note}
          error={missing ? 'Say in a few words what was done.' : undefined}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        {row.orderAtHand ? (
          <Checkbox
            mt="md"
            label="It is the order that Refloop was opened from"
            description="Refloop then looks in the chart how that order stands."
            checked={sameOrder}
            onChange={(event) => setSameOrder(event.currentTarget.checked)}
          />
        ) : null}
        <Group mt="md">
          <Button type="submit">The order is placed</Button>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
