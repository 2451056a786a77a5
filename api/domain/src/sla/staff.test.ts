import { describe, expect, test } from 'vitest';
import { personFor, type StaffPerson } from './staff.ts';

const kim: StaffPerson = { subject: 'kim', roles: ['coordinator'], substitute: null };
const noor: StaffPerson = { subject: 'noor', roles: ['coordinator', 'lead'], substitute: null };
const away = (person: StaffPerson, substitute: string): StaffPerson => ({ ...person, substitute });
const of = (referralId: string, coordinator: string | null = null) => ({ referralId, requester: 'lee', coordinator });

describe('who answers for it', () => {
  test.each<[string, Parameters<typeof personFor>, string, string | null]>([
    ['its own coordinator', ['coordinator', of('r1', 'noor'), [kim, noor]], 'noor', null],
    ['whoever stands in for the coordinator', ['coordinator', of('r1', 'kim'), [away(kim, 'noor'), noor]], 'noor', 'kim'],
    ['both away: one step, no circle', ['coordinator', of('r1', 'kim'), [away(kim, 'noor'), away(noor, 'kim')]], 'noor', 'kim'],
    ['a lead', ['lead', of('r1'), [kim, noor]], 'noor', null],
    ['the clinician', ['clinician', of('r1'), [kim]], 'lee', null],
    ['the clinician where nobody has the role', ['lead', of('r1'), [kim]], 'lee', null],
    ['a coordinator who is one no more is not asked', ['coordinator', of('r1', 'gone'), [kim]], 'kim', null],
  ])('%s', (_what, asked, subject, insteadOf) => {
    expect(personFor(...asked)).toEqual({ subject, insteadOf });
  });

  test('referrals are spread evenly, and each always to the same', () => {
    const counts = new Map<string, number>();
    for (let at = 0; at < 1000; at += 1) {
      const { subject } = personFor('coordinator', of(`01J${at}`), [noor, kim]);
      expect(personFor('coordinator', of(`01J${at}`), [kim, noor]).subject).toBe(subject);
      counts.set(subject, (counts.get(subject) ?? 0) + 1);
    }
    expect([...counts.values()].every((count) => count > 400)).toBe(true);
  });
});
