/** Taking an approval back that could not be carried out: one reason, nothing else. */
import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Desk } from '../refer/desk.ts';
import styles from './WithdrawApproval.module.css';
import { withdrawApproval } from './withdraw-flow.ts';

export function WithdrawApproval({ desk, planId }: { desk: Desk; planId: string }) {
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const [refused, setRefused] = useState('');
  if (!open) {
    return (
      <Button variant="default" onClick={() => setOpen(true)}>
        Withdraw approval…
      </Button>
    );
  }
  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault();
        if (reason.trim().length < 3) return setRefused('Say why in a few words.');
        void withdrawApproval(desk, planId, reason.trim()).then((answer) => setRefused(answer ?? ''));
      }}
    >
      <TextInput
        label="Why is the approval withdrawn?"
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        error={refused === '' ? undefined : refused}
        maxLength={500}
        data-autofocus
      />
      <Button type="submit">Withdraw</Button>
      <Button variant="default" onClick={() => setOpen(false)}>
        Keep it
      </Button>
    </form>
  );
}
