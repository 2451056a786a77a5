import type { InboundDocumentStore, InboundStanding, StoredInbound } from '../inbound-documents.ts';
import { key, type UnitContext } from './context.ts';
import { instant } from './database.ts';

type Row = {
  id: string;
  source: StoredInbound['source'];
  content_type: string;
  sha256: string;
  received_at: Date;
  status: InboundStanding['status'];
  settled_at: Date | null;
  referral_id: string | null;
  content_sealed: Buffer;
};

const COLUMNS = 'id, source, content_type, sha256, received_at, status, settled_at, referral_id, content_sealed';
const at = (id: string) => ({ table: 'inbound_document', id, column: 'content' });
const owner = (id: string): string => `inbound/${id}`;

function standingOf({ status, settled_at, referral_id }: Row): InboundStanding {
  if (status === 'waiting' || status === 'held') return { status };
  const settled = instant(settled_at as Date);
  return status === 'placed' ? { status, at: settled, referralId: String(referral_id) } : { status, at: settled };
}

const columnsOf = (standing: InboundStanding): [string, string | null, string | null] => [
  standing.status,
  'at' in standing ? standing.at : null,
  standing.status === 'placed' ? standing.referralId : null,
];

async function select(unit: UnitContext, condition: string, values: unknown[]): Promise<StoredInbound[]> {
  const found = await unit.client.query<Row>(`select ${COLUMNS} from inbound_document where tenant = $1 and issuer = $2 and ${condition}`, [
    ...key(unit),
    ...values,
  ]);
  await unit.vault.readAhead(found.rows.map(({ id }) => owner(id)));
  const documents: StoredInbound[] = [];
  for (const row of found.rows)
    documents.push({
      id: row.id,
      source: row.source,
      contentType: row.content_type,
      sha256: row.sha256,
      receivedAt: instant(row.received_at),
      standing: standingOf(row),
      content: await unit.vault.open(owner(row.id), at(row.id), row.content_sealed),
    });
  return documents;
}

export const postgresInboundDocuments = (unit: UnitContext): InboundDocumentStore => ({
  insert: async ({ id, source, contentType, sha256, receivedAt, standing, content }) => {
    const sealed = await unit.vault.seal(owner(id), at(id), content);
    const inserted = await unit.client.query(
      `insert into inbound_document (tenant, issuer, site, ${COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
       on conflict (tenant, issuer, id) do nothing`,
      [...key(unit), unit.scope.site, id, source, contentType, sha256, receivedAt, ...columnsOf(standing), sealed],
    );
    return inserted.rowCount === 1;
  },
  get: async (id) => (await select(unit, 'id = $3', [id]))[0],
  take: async (id) => (await select(unit, 'id = $3 for update', [id]))[0],
  settle: async (id, standing, content) => {
    const sealed = await unit.vault.seal(owner(id), at(id), content);
    await unit.client.query(
      `update inbound_document set status = $4, settled_at = $5, referral_id = $6, content_sealed = $7
         where tenant = $1 and issuer = $2 and id = $3`,
      [...key(unit), id, ...columnsOf(standing), sealed],
    );
  },
  open: ({ status, limit }) =>
    select(unit, 'status = $3 and settled_at is null order by received_at, id collate "C" limit $4', [status, limit]),
  count: async (status) => {
    const found = await unit.client.query<{ count: number }>(
      'select count(*)::int as count from inbound_document where tenant = $1 and issuer = $2 and status = $3 and settled_at is null',
      [...key(unit), status],
    );
    return found.rows[0]?.count ?? 0;
  },
  ids: async () => {
    const found = await unit.client.query<{ id: string }>(
      'select id from inbound_document where tenant = $1 and issuer = $2 order by id collate "C"',
      key(unit),
    );
    return found.rows.map(({ id }) => id);
  },
});
