import { describe, expect, test } from 'vitest';
import { heldNoteDuty } from './held-note.ts';
import { defaultPolicy } from './policy.ts';
import type { StaffPerson } from './staff.ts';

const POLICY = defaultPolicy({ timeZone: 'America/New_York', opens: 8, closes: 17, holidays: ['2026-11-26'] });
/** A Wednesday, 11 in the morning; the day after is a holiday. */
const RECEIVED = '2026-11-25T16:00:00.000Z';
const DUE = '2026-11-27T16:00:00.000Z';

const person = (subject: string, roles: StaffPerson['roles'], substitute: string | null = null): StaffPerson => ({
  subject,
  roles,
  substitute,
});
const kim = person('kim', ['coordinator']);
const lee = person('lee', ['lead']);
const duty = (staff: StaffPerson[], now = RECEIVED, id = 'one') => heldNoteDuty({ id, receivedAt: RECEIVED }, POLICY, staff, now);

describe('a note that is held', () => {
  test('is a coordinator’s until the same hour of the next business day, and a lead’s too from then on', () => {
    expect(duty([kim, lee])).toEqual({
      owner: { subject: 'kim', insteadOf: null },
      dueAt: DUE,
      isOverdue: false,
      escalatedTo: null,
    });
    expect(duty([kim, lee], DUE).isOverdue).toBe(false);
    expect(duty([kim, lee], '2026-11-27T16:00:00.001Z')).toMatchObject({
      owner: { subject: 'kim' },
      isOverdue: true,
      escalatedTo: { subject: 'lee', insteadOf: null },
    });
  });

  test('goes to whoever stands in, and to a lead where nobody coordinates', () => {
    const away = person('kim', ['coordinator'], 'max');
    expect(duty([away, lee]).owner).toEqual({ subject: 'max', insteadOf: 'kim' });
    expect(duty([lee, person('ann', ['clinician'])]).owner?.subject).toBe('lee');
    expect(duty([person('ann', ['clinician'])]).owner).toBeNull();
  });

  test('is spread over the coordinators, the same one always to the same', () => {
    const staff = ['a', 'b', 'c'].map((subject) => person(subject, ['coordinator']));
    const owners = Array.from({ length: 60 }, (_, at) => duty(staff, RECEIVED, `note-${at}`).owner?.subject);
    expect(new Set(owners)).toEqual(new Set(['a', 'b', 'c']));
    expect(duty(staff.toReversed(), RECEIVED, 'note-7').owner?.subject).toBe(owners[7]);
  });
});
