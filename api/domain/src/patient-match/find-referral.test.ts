import { describe, expect, test } from 'vitest';
import type { Referral } from '../referral/referral.ts';
import { ANOTHER, inChart } from '../referral/test-care.ts';
import { performer } from '../referral/test-play.ts';
import { blocksOf } from './blocks.ts';
import { type AnswerOf, answeredReferral, referralCandidates } from './find-referral.ts';
import { comparedIdentity } from './identity.ts';
import { identity } from './test-identity.ts';

const { referral } = inChart();
/** Its order was approved on 2026-11-20. */
const document = (more: Partial<AnswerOf> = {}): AnswerOf => ({ npis: [performer.npi], orders: [], date: '2026-11-22', ...more });
const approvalOf = ({ order }: Referral) => (order.status === 'draft' ? undefined : order.approval);
const answered = (said: AnswerOf, referrals: readonly Referral[] = [referral]) => answeredReferral(referralCandidates(said, referrals));

describe('which referral a note answers', () => {
  test('the only one that its writer was asked for', () => {
    expect(answered(document())).toMatchObject({ referralId: 'r1', attempt: 1, writtenBy: 'same', date: 'after', order: null });
  });

  test.each<[string, Partial<AnswerOf>]>([
    ['somebody else wrote it', { npis: [ANOTHER.npi] }],
    ['it says not who wrote it', { npis: [] }],
    ['it is from before the order', { date: '2026-11-10' }],
    ['it names another order, and its writer was asked for none with that name', { npis: [ANOTHER.npi], orders: ['r1'] }],
  ])('a person decides where %s', (_, more) => {
    expect(answered(document(more))).toBeUndefined();
    expect(referralCandidates(document(more), [referral])).toHaveLength(1);
  });

  test('of two, the one whose number it names; without a number a person decides', () => {
    const two = [referral, { ...referral, id: 'r2' }];
    expect(answered(document(), two)).toBeUndefined();
    expect(answered(document({ orders: ['r2'] }), two)).toMatchObject({ referralId: 'r2', order: 'same' });
  });

  describe('an order that is over', () => {
    const ended = { ...referral, order: { ...referral.order, status: 'ended', how: 'expired', reason: 'old' } } as Referral;
    const revoked = { ...referral, order: { ...referral.order, status: 'revoked' } } as Referral;

    test('can be what a late note answers, and a person says so', () => {
      for (const over of [ended, revoked]) {
        expect(referralCandidates(document(), [over])).toMatchObject([{ referralId: 'r1', isOver: true, writtenBy: 'same' }]);
        expect([answered(document(), [over]), answered(document({ orders: ['r1'] }), [over])]).toEqual([undefined, undefined]);
      }
    });

    test('stands after those in force, and beside one of the same specialist a number decides', () => {
      const late = { ...ended, id: 'late', order: { ...ended.order, approval: { ...approvalOf(ended), at: '2026-11-21T15:00:00.000Z' } } };
      const both = [late as Referral, referral];
      expect(referralCandidates(document(), both).map(({ referralId }) => referralId)).toEqual(['r1', 'late']);
      expect([answered(document(), both), answered(document({ orders: ['late'] }), both)]).toEqual([undefined, undefined]);
      expect(answered(document({ orders: ['r1'] }), both)).toMatchObject({ referralId: 'r1', isOver: false });
    });
  });

  test('what never was in force is answered by nothing', () => {
    expect(referralCandidates(document(), [{ ...referral, order: { status: 'draft' } } as Referral])).toEqual([]);
  });
});

describe('the words by which a chart is found', () => {
  const blocks = (more: Parameters<typeof identity>[0] = {}): string[] => blocksOf(comparedIdentity(identity(more)));

  test('bear names in each other’s place, a double surname, a move and a new telephone', () => {
    const chart = blocks({ recordNumbers: ['SYN-1'] });
    const shares = (more: Parameters<typeof identity>[0]): boolean => blocks(more).some((block) => chart.includes(block));
    expect(shares({ family: 'Marisol', given: ['Delgado'], line: '', phone: '' })).toBe(true);
    expect(shares({ family: 'Delgado-Paz', born: '1984-06-20', line: '', phone: '' })).toBe(true);
    expect(shares({ born: '', line: '9 Oak Rd' })).toBe(true);
    expect(shares({ family: 'Okafor', given: ['Ben'], born: '', line: '', phone: '', recordNumbers: ['syn1'] })).toBe(true);
    expect(shares({ family: 'Okafor', given: ['Ben'], born: '1951-01-01', line: '', phone: '' })).toBe(false);
  });
});
