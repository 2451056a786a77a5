import type { CaptureCheckpoint, CaptureStore } from '../capture.ts';
import { key, type UnitContext } from './context.ts';
import { instant } from './database.ts';

type CheckpointRow = { resource_type: string; since: Date; looked_at: Date | null; refused: string | null };
type SubscriptionRow = { reference: string; secret_hash: string; asked_at: Date; heard_at: Date | null };

const checkpointOf = (row: CheckpointRow): CaptureCheckpoint => ({
  resourceType: row.resource_type,
  since: instant(row.since),
  lookedAt: row.looked_at && instant(row.looked_at),
  refused: row.refused,
});

export function postgresCapture(unit: UnitContext): CaptureStore {
  const checkpoints = async (resourceType: string | null): Promise<CaptureCheckpoint[]> => {
    const found = await unit.client.query<CheckpointRow>(
      `select resource_type, since, looked_at, refused from capture_checkpoint
       where tenant = $1 and issuer = $2 and resource_type = coalesce($3, resource_type) order by resource_type collate "C"`,
      [...key(unit), resourceType],
    );
    return found.rows.map(checkpointOf);
  };
  return {
    checkpoint: async (resourceType) => (await checkpoints(resourceType))[0],
    checkpoints: () => checkpoints(null),
    keep: async ({ resourceType, since, lookedAt, refused }) => {
      await unit.client.query(
        `insert into capture_checkpoint (tenant, issuer, site, resource_type, since, looked_at, refused) values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (tenant, issuer, resource_type) do update set since = excluded.since, looked_at = excluded.looked_at, refused = excluded.refused`,
        [...key(unit), unit.scope.site, resourceType, since, lookedAt, refused],
      );
    },
    wake: async () => {
      await unit.client.query('update capture_checkpoint set looked_at = null where tenant = $1 and issuer = $2', key(unit));
    },
    subscription: async () => {
      const found = await unit.client.query<SubscriptionRow>(
        'select reference, secret_hash, asked_at, heard_at from capture_subscription where tenant = $1 and issuer = $2',
        key(unit),
      );
      const [row] = found.rows;
      return (
        row && {
          reference: row.reference,
          secretHash: row.secret_hash,
          askedAt: instant(row.asked_at),
          heardAt: row.heard_at && instant(row.heard_at),
        }
      );
    },
    subscribe: async ({ reference, secretHash, askedAt }) => {
      await unit.client.query(
        `insert into capture_subscription (tenant, issuer, site, reference, secret_hash, asked_at) values ($1, $2, $3, $4, $5, $6)
         on conflict (tenant, issuer) do update set reference = excluded.reference, secret_hash = excluded.secret_hash,
           asked_at = excluded.asked_at, heard_at = null`,
        [...key(unit), unit.scope.site, reference, secretHash, askedAt],
      );
    },
    heard: async (at) => {
      await unit.client.query('update capture_subscription set heard_at = $3 where tenant = $1 and issuer = $2', [...key(unit), at]);
    },
  };
}
