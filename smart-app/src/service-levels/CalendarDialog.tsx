/** When the site, or one of its clinics, is open. */
import { Button, Group, Modal, Textarea, TextInput } from '@mantine/core';
import type { PolicyContent } from '@refloop/domain/sla/policy-content';
import { type FormEvent, useState } from 'react';
import versions from '../versions/Versions.module.css';
import { daysOf } from './policy-draft.ts';

type Calendar = PolicyContent['calendar'];

type Props = {
  /** Undefined: the site. An empty text: a clinic that has no calendar of its own yet. */
  clinic: string | undefined;
  calendar: Calendar;
  onSave: (clinic: string | undefined, calendar: Calendar) => void;
  onClose: () => void;
};

const hourOf = (text: string): number | undefined => (/^\d{1,2}$/.test(text.trim()) && Number(text) <= 24 ? Number(text) : undefined);

export function CalendarDialog({ clinic, calendar, onSave, onClose }: Props) {
  const [name, setName] = useState(clinic ?? '');
  const [timeZone, setTimeZone] = useState(calendar.timeZone);
  const [opens, setOpens] = useState(String(calendar.opens));
  const [closes, setCloses] = useState(String(calendar.closes));
  const [holidays, setHolidays] = useState(calendar.holidays.join('\n'));
  const [wrong, setWrong] = useState<{ field: string; text: string }>();
  const errorOf = (field: string) => (wrong?.field === field ? wrong.text : undefined);
  const save = (event: FormEvent) => {
    event.preventDefault();
    const [from, to] = [hourOf(opens), hourOf(closes)];
    if (clinic === '' && name.trim() === '') return setWrong({ field: 'name', text: 'Give the name of the clinic as orders bear it.' });
    if (from === undefined) return setWrong({ field: 'opens', text: 'A whole hour, 0 to 24.' });
    if (to === undefined || to <= from) return setWrong({ field: 'closes', text: 'A whole hour after the opening one, up to 24.' });
    const days = daysOf(holidays);
    const odd = days.find((day) => !/^\d{4}-\d{2}-\d{2}$/.test(day));
    if (odd !== undefined) return setWrong({ field: 'holidays', text: `“${odd.slice(0, 20)}” is no day. Write each as 2026-12-24.` });
    return onSave(clinic === '' ? name.trim() : clinic, { timeZone: timeZone.trim(), opens: from, closes: to, holidays: days });
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={clinic === undefined ? 'Calendar of the site' : clinic === '' ? 'Calendar of a clinic' : `Calendar of ${clinic}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form onSubmit={save} className={versions['form']} noValidate>
        {clinic === '' ? (
          <TextInput
            data-autofocus
            label="Clinic"
            value={name}
            error={errorOf('name')}
            maxLength={200}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        ) : null}
        <TextInput
          label="Time zone"
          description="Such as America/Chicago"
          value={timeZone}
          maxLength={60}
          onChange={(event) => setTimeZone(event.currentTarget.value)}
        />
        <TextInput
          label="Opens at"
          value={opens}
          error={errorOf('opens')}
          maxLength={2}
          onChange={(event) => setOpens(event.currentTarget.value)}
        />
        <TextInput
          label="Closes at"
          value={closes}
          error={errorOf('closes')}
          maxLength={2}
          onChange={(event) => setCloses(event.currentTarget.value)}
        />
        <Textarea
          label="Holidays"
          description="One day a line, as 2026-12-24. Saturdays and Sundays need none."
          minRows={4}
          maxRows={10}
          value={holidays}
          error={errorOf('holidays')}
          onChange={(event) => setHolidays(event.currentTarget.value)}
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
