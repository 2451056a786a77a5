import type { ReferralTimerStore } from '../referral-timers.ts';
import { key, type UnitContext } from './context.ts';
import { instant } from './database.ts';

export const TIMER_COLUMNS = 'tenant, issuer, site, referral_id, look_at';

export const postgresReferralTimers = (unit: UnitContext): ReferralTimerStore => ({
  set: async (referralId, lookAt) => {
    if (lookAt === null) {
      await unit.client.query('delete from referral_timer where tenant = $1 and issuer = $2 and referral_id = $3', [
        ...key(unit),
        referralId,
      ]);
      return;
    }
    await unit.client.query(
      `insert into referral_timer (${TIMER_COLUMNS}) values ($1, $2, $3, $4, $5)
       on conflict (tenant, issuer, referral_id) do update set look_at = excluded.look_at`,
      [...key(unit), unit.scope.site, referralId, lookAt],
    );
  },
  wake: async ({ subject, at }) => {
    await unit.client.query(
      `insert into referral_timer (${TIMER_COLUMNS})
       select distinct $1, $2, $3, referral_id, $5::timestamptz from obligation
       where tenant = $1 and issuer = $2 and status = 'open' and ($4::text is null or owner = $4 or escalated_to = $4)
       on conflict (tenant, issuer, referral_id) do update set look_at = least(referral_timer.look_at, excluded.look_at)`,
      [...key(unit), unit.scope.site, subject, at],
    );
  },
  due: async ({ now, limit }) => {
    const found = await unit.client.query<{ referral_id: string; look_at: Date }>(
      `select referral_id, look_at from referral_timer where tenant = $1 and issuer = $2 and look_at <= $3
       order by look_at, referral_id collate "C" limit $4`,
      [...key(unit), now, limit],
    );
    return found.rows.map((row) => ({ referralId: row.referral_id, lookAt: instant(row.look_at) }));
  },
});
