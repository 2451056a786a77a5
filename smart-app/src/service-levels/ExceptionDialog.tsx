/** Another time for a payer, a specialty or a clinic: of a stage, or of one step, which can also be left out. */
import { Button, Checkbox, Group, Modal, NativeSelect, TextInput } from '@mantine/core';
import { SPECIALTIES } from '@refloop/domain/clinical/specialty';
import type { PolicyContent } from '@refloop/domain/sla/policy-content';
import type { ServiceLevelsAnswer } from '@refloop/server/client/service-levels';
import { type FormEvent, useState } from 'react';
import versions from '../versions/Versions.module.css';
import { someSpansOf, typedSpans, type Urgency } from './policy-draft.ts';
import { SpanFields } from './SpanFields.tsx';

type Props = { answer: ServiceLevelsAnswer; content: PolicyContent; onSave: (content: PolicyContent) => void; onClose: () => void };

export function ExceptionDialog({ answer, content, onSave, onClose }: Props) {
  const { stages, steps } = answer;
  const [about, setAbout] = useState(`stage ${stages[0]?.kind ?? ''}`);
  const [payer, setPayer] = useState('');
  const [specialty, setSpecialty] = useState('');
  const [clinic, setClinic] = useState('');
  const [spans, setSpans] = useState(() => typedSpans({}));
  const [leftOut, setLeftOut] = useState(false);
  const [because, setBecause] = useState('');
  const [wrong, setWrong] = useState<{ field: string; text: string; urgency?: Urgency }>();
  const errorOf = (field: string) => (wrong?.field === field ? wrong.text : undefined);
  const ofStep = about.startsWith('step ');

  const save = (event: FormEvent) => {
    event.preventDefault();
    const when = {
      ...(payer.trim() === '' ? {} : { payer: payer.trim() }),
      ...(specialty === '' ? {} : { specialty }),
      ...(clinic.trim() === '' ? {} : { clinic: clinic.trim() }),
    };
    if (Object.keys(when).length === 0) return setWrong({ field: 'payer', text: 'Name a payer, a specialty or a clinic.' });
    const read = someSpansOf(spans);
    const without = ofStep && leftOut;
    if (!without && !read.ok) return setWrong({ field: 'spans', text: '', urgency: read.urgency });
    const within = read.ok ? read.value : {};
    if (!without && Object.keys(within).length === 0) return setWrong({ field: 'spans', text: '', urgency: 'routine' });
    if (because.trim().length < 3) return setWrong({ field: 'because', text: 'Say in a few words why this differs.' });
    const told = { when, because: because.trim() };
    const stage = stages.find(({ kind }) => about === `stage ${kind}`);
    if (stage) return onSave({ ...content, levelOverrides: [...content.levelOverrides, { ...told, kind: stage.kind, within }] });
    const rule = about.slice('step '.length);
    return onSave({ ...content, stepOverrides: [...content.stepOverrides, { ...told, rule, after: without ? null : within }] });
  };

  return (
    <Modal opened onClose={onClose} size="xl" title="Add an exception" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={save} className={versions['form']} noValidate>
        <NativeSelect
          data-autofocus
          label="Of"
          value={about}
          data={[
            { group: 'Deadline of a stage', items: stages.map(({ kind, name }) => ({ value: `stage ${kind}`, label: name })) },
            { group: 'Step', items: steps.map(({ rule, words }) => ({ value: `step ${rule}`, label: `${rule}: ${words}` })) },
          ]}
          onChange={(event) => setAbout(event.currentTarget.value)}
        />
        <TextInput
          label="Payer"
          description="As the coverage in the chart names it"
          value={payer}
          error={errorOf('payer')}
          maxLength={200}
          onChange={(event) => setPayer(event.currentTarget.value)}
        />
        <NativeSelect
          label="Specialty"
          value={specialty}
          data={[{ value: '', label: 'Any' }, ...SPECIALTIES.map(({ id, name }) => ({ value: id, label: name }))]}
          onChange={(event) => setSpecialty(event.currentTarget.value)}
        />
        <TextInput label="Clinic" value={clinic} maxLength={200} onChange={(event) => setClinic(event.currentTarget.value)} />
        {ofStep ? (
          <Checkbox label="This step is left out" checked={leftOut} onChange={(event) => setLeftOut(event.currentTarget.checked)} />
        ) : null}
        {ofStep && leftOut ? null : (
          <SpanFields
            label={ofStep ? 'After, where it differs' : 'Deadline, where it differs'}
            value={spans}
            wrong={wrong?.field === 'spans' ? wrong.urgency : undefined}
            onChange={setSpans}
          />
        )}
        <TextInput
          label="Why it differs"
          value={because}
          error={errorOf('because')}
          maxLength={500}
          onChange={(event) => setBecause(event.currentTarget.value)}
        />
        <Group>
          <Button type="submit">Take over</Button>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
