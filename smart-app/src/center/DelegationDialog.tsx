/** Naming a preparer's clinician, or who covers for one: two people, a reason, an end if wanted. */
import { Button, Fieldset, Group, Modal, Radio, Select, TextInput } from '@mantine/core';
import type { DelegationKind, GiveDelegation, Grant, StaffMember } from '@refloop/server/client/admin';
import { type FormEvent, useState } from 'react';
import { practiceTime } from '../words/practice-time.ts';
import styles from './CenterPage.module.css';
import { type DelegationForm, emptyForm, readForm } from './delegation-form.ts';

type Props = { grants: readonly Grant[]; refused: string; busy: boolean; onClose: () => void; onSave: (body: GiveDelegation) => void };

export function DelegationDialog({ grants, refused, busy, onClose, onSave }: Props) {
  const [form, setForm] = useState<DelegationForm>(emptyForm);
  const [wrong, setWrong] = useState<{ field: string; text: string }>();
  const change = (more: Partial<DelegationForm>) => setForm((before) => ({ ...before, ...more }));
  const save = (event: FormEvent) => {
    event.preventDefault();
    const read = readForm(form, practiceTime());
    if (!read.ok) return setWrong(read.refusal);
    setWrong(undefined);
    onSave(read.value);
  };
  const errorOf = (field: string) => (wrong?.field === field ? wrong.text : undefined);
  const person = (field: 'delegate' | 'clinician', legend: string) => (
    <Person
      legend={legend}
      member={form[field]}
      grants={grants}
      errorOf={(part) => errorOf(`${field}.${part}`)}
      onChange={(member) => change({ [field]: member })}
    />
  );
  return (
    <Modal opened onClose={onClose} title="Name somebody" size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={save} className={styles['form']} noValidate>
        <Radio.Group label="What" value={form.kind} onChange={(value) => change({ kind: value as DelegationKind })}>
          <div className={styles['form']}>
            <Radio
              value="prepares-for"
              label="Prepares for a clinician"
              description="Prepares referrals that the clinician signs; needs the role Preparer"
            />
            <Radio
              value="covers"
              label="Covers for a clinician"
              description="Signs and finishes writing in their place, under their own name"
            />
          </div>
        </Radio.Group>
        {person('delegate', form.kind === 'covers' ? 'Who covers' : 'Who prepares')}
        {person('clinician', 'For which clinician')}
        <TextInput
          label="Last day"
          description="Optional. Until the end of this day by your clock; without it until it is taken away"
          type="date"
          value={form.lastDay}
          error={errorOf('lastDay')}
          onChange={(event) => change({ lastDay: event.currentTarget.value })}
        />
        <TextInput
          label="Reason"
          value={form.reason}
          error={errorOf('reason')}
          maxLength={300}
          onChange={(event) => change({ reason: event.currentTarget.value })}
        />
        {refused ? <p role="alert">{refused}</p> : null}
        <Group>
          <Button type="submit" loading={busy}>
            Save
          </Button>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
        </Group>
      </form>
    </Modal>
  );
}

type PersonProps = {
  legend: string;
  member: StaffMember;
  grants: readonly Grant[];
  errorOf: (part: keyof StaffMember) => string | undefined;
  onChange: (member: StaffMember) => void;
};

function Person({ legend, member, grants, errorOf, onChange }: PersonProps) {
  const known = grants.map(({ subject, name }) => ({ value: subject, label: name ?? subject }));
  const fill = (subject: string | null) => {
    const grant = grants.find((each) => each.subject === subject);
    if (grant) onChange({ subject: grant.subject, fhirUser: grant.fhirUser, name: grant.name ?? member.name });
  };
  return (
    <Fieldset legend={legend}>
      <div className={styles['form']}>
        {known.length > 0 ? (
          <Select label="Take from those with a role" placeholder="Or fill in below" data={known} value={null} onChange={fill} searchable />
        ) : null}
        <TextInput
          label="Name"
          description="As people at the site know them"
          value={member.name}
          error={errorOf('name')}
          maxLength={200}
          onChange={(event) => onChange({ ...member, name: event.currentTarget.value })}
        />
        <TextInput
          label="Subject"
          description="The sub of the EHR’s id_token"
          value={member.subject}
          error={errorOf('subject')}
          maxLength={255}
          onChange={(event) => onChange({ ...member, subject: event.currentTarget.value })}
        />
        <TextInput
          label="fhirUser"
          value={member.fhirUser}
          error={errorOf('fhirUser')}
          maxLength={200}
          onChange={(event) => onChange({ ...member, fhirUser: event.currentTarget.value })}
        />
      </div>
    </Fieldset>
  );
}
