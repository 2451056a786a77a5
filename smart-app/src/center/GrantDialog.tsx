/** Giving, changing or taking away roles; never without a reason. */
import { Button, Checkbox, Group, Modal, TextInput } from '@mantine/core';
import type { Grant, PutGrant } from '@refloop/server/client/admin';
import type { Role } from '@refloop/server/client/session';
import { type FormEvent, useState } from 'react';
import styles from './CenterPage.module.css';

const ROLES: readonly { value: Role; label: string; description: string }[] = [
  { value: 'clinician', label: 'Clinician', description: 'Refers from the chart' },
  {
    value: 'preparer',
    label: 'Preparer',
    description: 'Prepares referrals in the chart for a clinician to sign; name the clinician below',
  },
  { value: 'coordinator', label: 'Coordinator', description: 'Works on exceptions' },
  { value: 'lead', label: 'Referral lead', description: 'Works on exceptions and sees the whole' },
  { value: 'admin', label: 'Administrator', description: 'Audit and access' },
];

const TITLES = { add: 'Add a person', change: 'Change roles', remove: 'Remove access' } as const;

const isRole = (value: string): value is Role => ROLES.some((role) => role.value === value);

type Props = {
  kind: keyof typeof TITLES;
  grant: Grant | undefined;
  refused: string;
  busy: boolean;
  onClose: () => void;
  onSave: (subject: string, body: PutGrant) => void;
};

export function GrantDialog({ kind, grant, refused, busy, onClose, onSave }: Props) {
  const [subject, setSubject] = useState(grant?.subject ?? '');
  const [fhirUser, setFhirUser] = useState(grant?.fhirUser ?? 'Practitioner/');
  const [roles, setRoles] = useState<Role[]>(grant?.roles ?? []);
  const [reason, setReason] = useState('');
  const [wrong, setWrong] = useState<{ field: string; text: string }>();
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (subject.trim() === '') return setWrong({ field: 'subject', text: 'Give the person’s subject (sub) as the EHR states it.' });
    if (!/^(Practitioner|PractitionerRole)\/[A-Za-z0-9\-.]{1,64}$/.test(fhirUser)) {
      return setWrong({ field: 'fhirUser', text: 'Write it like Practitioner/123.' });
    }
    if (kind !== 'remove' && roles.length === 0)
      return setWrong({ field: 'roles', text: 'Choose at least one role, or remove the person.' });
    if (reason.trim().length < 3) return setWrong({ field: 'reason', text: 'Say why in a few words.' });
    setWrong(undefined);
    onSave(subject.trim(), { fhirUser, roles: kind === 'remove' ? [] : roles, reason: reason.trim() });
  };
  const errorOf = (field: string) => (wrong?.field === field ? wrong.text : undefined);
  return (
    <Modal opened onClose={onClose} title={TITLES[kind]} closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={save} className={styles['form']} noValidate>
        {kind === 'add' ? (
          <>
            <TextInput
              data-autofocus
              label="Subject"
              description="The sub of the EHR’s id_token"
              value={subject}
              error={errorOf('subject')}
              maxLength={255}
              onChange={(event) => setSubject(event.currentTarget.value)}
            />
            <TextInput
              label="fhirUser"
              value={fhirUser}
              error={errorOf('fhirUser')}
              maxLength={200}
              onChange={(event) => setFhirUser(event.currentTarget.value)}
            />
          </>
        ) : (
          <p>
            {grant?.name ?? grant?.subject} ({grant?.fhirUser})
          </p>
        )}
        {kind === 'remove' ? (
          <p>All roles are taken away at once; open sessions lose them with their next request.</p>
        ) : (
          <Checkbox.Group label="Roles" value={roles} error={errorOf('roles')} onChange={(values) => setRoles(values.filter(isRole))}>
            <div className={styles['form']}>
              {ROLES.map((role) => (
                <Checkbox key={role.value} value={role.value} label={role.label} description={role.description} />
              ))}
            </div>
          </Checkbox.Group>
        )}
        <TextInput
          label="Reason"
          value={reason}
          error={errorOf('reason')}
          maxLength={300}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {refused ? <p role="alert">{refused}</p> : null}
        <Group>
          <Button type="submit" loading={busy} color={kind === 'remove' ? 'red' : 'teal'}>
            {kind === 'remove' ? 'Remove access' : 'Save'}
          </Button>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
