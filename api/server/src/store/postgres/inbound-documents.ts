import type { InboundDocumentStore, InboundStanding, StoredInbound } from '../inbound-documents.ts';
import { key, type UnitContext } from './context.ts';
import { instant } from './database.ts';

type Row = {
  id: string;
  source: StoredInbound['source'];
  sha256: string;
  received_at: Date;
  status: InboundStanding['status'];
  settled_at: Date | null;
  referral_id: string | null;
  link_key: string | null;
  content_sealed: Buffer;
};

const COLUMNS = 'id, source, sha256, received_at, status, settled_at, referral_id, link_key, content_sealed';
const at = (id: string, column: 'content' | 'file' = 'content') => ({ table: 'inbound_document', id, column });
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
      sha256: row.sha256,
      receivedAt: instant(row.received_at),
      standing: standingOf(row),
      linkKey: row.link_key,
      content: await unit.vault.open(owner(row.id), at(row.id), row.content_sealed),
    });
  return documents;
}

export const postgresInboundDocuments = (unit: UnitContext): InboundDocumentStore => ({
  insert: async ({ id, source, sha256, receivedAt, standing, linkKey, content }, file) => {
    const sealed = await unit.vault.seal(owner(id), at(id), content);
    const bytes =
      standing.status === 'placed'
        ? null
        : await unit.vault.seal(owner(id), at(id, 'file'), { base64: Buffer.from(file).toString('base64') });
    const inserted = await unit.client.query(
      `insert into inbound_document (tenant, issuer, site, ${COLUMNS}, file_sealed) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
       on conflict (tenant, issuer, id) do nothing`,
      [...key(unit), unit.scope.site, id, source, sha256, receivedAt, ...columnsOf(standing), linkKey, sealed, bytes],
    );
    return inserted.rowCount === 1;
  },
  get: async (id) => (await select(unit, 'id = $3', [id]))[0],
  take: async (id) => (await select(unit, 'id = $3 for update', [id]))[0],
  settle: async (id, standing, content) => {
    const sealed = await unit.vault.seal(owner(id), at(id), content);
    await unit.client.query(
      `update inbound_document set status = $4, settled_at = $5, referral_id = $6, content_sealed = $7,
         file_sealed = case when $4 = 'placed' then null else file_sealed end
         where tenant = $1 and issuer = $2 and id = $3`,
      [...key(unit), id, ...columnsOf(standing), sealed],
    );
  },
  file: async (id) => {
    const found = await unit.client.query<{ file_sealed: Buffer | null }>(
      'select file_sealed from inbound_document where tenant = $1 and issuer = $2 and id = $3',
      [...key(unit), id],
    );
    const sealed = found.rows[0]?.file_sealed;
    if (!sealed) return undefined;
    const { base64 } = (await unit.vault.open(owner(id), at(id, 'file'), sealed)) as { base64: string };
    return new Uint8Array(Buffer.from(base64, 'base64'));
  },
  holdsOf: async (linkKey) => {
    const found = await unit.client.query(
      `select 1 from inbound_document where tenant = $1 and issuer = $2 and link_key = $3 and status = 'held' and settled_at is null limit 1`,
      [...key(unit), linkKey],
    );
    return found.rowCount === 1;
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
