/** Requests that somebody makes to get in, or to break what stands behind a door: each from a seed, and with whether it may be let in. */
import { createHash, createHmac } from 'node:crypto';
import { type Random, randomFrom } from '@refloop/launch/synthetic/random';
import { NO_GATEWAY } from '@refloop/server/services/test-referral-api';
import { SignJWT } from 'jose';
import type { HostileDocuments } from '../inbound/hostile-documents.ts';
import { type Doors, type Link, NOW, OTHER_NPI, type Side } from './doors.ts';

export type HostileRequest = {
  door: string;
  path: string;
  init: RequestInit & { headers: Record<string, string> };
  /** Whether what it asks for may be done and shown: a second factor that is right, or what was opened by one and still is. */
  may: boolean;
  asked: 'open' | 'other';
  link: Link | undefined;
};

type Json = unknown;

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
const any = (random: Random, length: number): string => Array.from({ length }, () => LETTERS.charAt(random.integer(0, 63))).join('');

/** Of this side, one that is opened where there is one: most of what stands behind is tried there. */
function attacked(random: Random, doors: Doors, side: Side): Link {
  const mine = doors.links.filter((link) => link.side === side);
  const opened = mine.filter((link) => link.opened !== undefined);
  return random.pick(opened.length > 0 && random.next() < 0.9 ? opened : mine);
}

/** What a token becomes in other hands; at times it stays what it is. */
function tokenLike(random: Random, right: string, doors: Doors, stays = 0.1): Json {
  if (random.next() < stays) return right;
  const at = random.integer(0, Math.max(0, right.length - 1));
  switch (random.integer(0, 13)) {
    case 0:
      return right.slice(0, at) + LETTERS.charAt(random.integer(0, 63)) + right.slice(at + 1);
    case 1:
      return right.slice(0, at);
    case 2:
      return right + LETTERS.charAt(random.integer(0, 63));
    case 3:
      return right.toUpperCase();
    case 4:
      return digest(right);
    case 5:
    case 6:
      return random.pick(doors.stale.length > 0 ? doors.stale : [right]);
    case 7:
      return random.pick(doors.links).token;
    case 8:
      return random.pick(doors.links).opened ?? any(random, 43);
    case 9:
      return any(random, 43);
    case 10:
      return ` ${right} `;
    case 11:
      return random.pick<Json>([null, 7, true, [right], { token: right }, '', '%', "' or '1'='1", '\u0000', '../../x', '__proto__']);
    case 12:
      return any(random, random.pick([1000, 20_000, 100_000]));
    case 13:
      return right.replaceAll(/[a-z]/g, (letter) => String.fromCodePoint(letter.charCodeAt(0) + 0xfee0));
    default:
      return right;
  }
}

function secondFactorLike(random: Random, right: string): Json {
  switch (random.integer(-3, 11)) {
    case -3:
    case -2:
    case -1:
      return right.includes('-') ? `19${random.integer(30, 99)}-0${random.integer(1, 9)}-1${random.integer(0, 9)}` : OTHER_NPI;
    case 0:
      return random.pick([OTHER_NPI, '0000000000', '1985-03-28', '1985-3-27', '27.03.1985', '9999-99-99', '0000-00-00']);
    case 1:
      return ` ${right}`;
    case 2:
      return `${right}\n`;
    case 3:
      return [right];
    case 4:
      return Number(right.replaceAll('-', ''));
    case 5:
      return random.pick<Json>([null, '', true, {}, [], '%', '*', '_', "' or true --", `${right}\u0000`]);
    case 6:
      return right.replaceAll(/\d/g, (digit) => String.fromCodePoint(digit.charCodeAt(0) + 0xfee0));
    case 7:
      return right.slice(0, -1);
    default:
      return right;
  }
}

const ACTS: Record<Side, readonly Json[]> = {
  office: [
    { act: 'accept' },
    { act: 'decline', reason: 'other' },
    { act: 'ask', text: 'Which leg?' },
    { act: 'ask', text: 'x'.repeat(2001) },
    { act: 'offer-dates', dates: ['2026-12-08T09:00:00-06:00'] },
    { act: 'offer-dates', dates: Array.from({ length: 500 }, () => '2026-12-08T09:00:00Z') },
    { act: 'book', startsAt: '2026-12-08T09:00:00Z' },
    { act: 'book', startsAt: '0001-01-01T00:00:00Z' },
    { act: 'book', startsAt: '9999-12-31T23:59:59Z' },
    { act: 'seen', at: '2026-11-20T15:00:30Z' },
    { act: 'no-show', at: '2099-01-01T00:00:00Z' },
    { act: 'note', form: 'final', document: { type: 'Document', id: '1' } },
    { act: 'no-show', at: '2026-11-20T15:00:40Z' },
    { act: 'review' },
    { act: '__proto__' },
  ],
  patient: [
    { act: 'book', startsAt: '2026-12-01T15:00:00Z' },
    { act: 'book', startsAt: '2026-12-02T15:00:00Z' },
    { act: 'cancel' },
    { act: 'other-date', text: 'Mondays' },
    { act: 'other-date', text: '\u202ehidden\u200b' },
    { act: 'decline', reason: 'cost' },
    { act: 'seen', at: '2026-11-20T15:00:30Z' },
    { act: 'rate', score: 5, words: null },
    { act: 'rate', score: 500, words: 'x'.repeat(5000) },
    { act: 'texts', wanted: true },
    { act: 'texts', wanted: 'yes' },
    { act: 'end' },
  ],
};

const HOSTILE_VALUES: readonly Json[] = [
  null,
  true,
  -1,
  1e308,
  '',
  'x'.repeat(5000),
  [],
  [[]],
  {},
  { ['constructor']: { prototype: { polluted: true } } },
  'a\u0000b',
  'a\ud83d',
  '9999-99-99T99:99:99Z',
  '../../etc/passwd',
  "'; drop table office_link; --",
  '<img src=x onerror=alert(1)>',
  '{{opened}}',
  'a\r\nset-cookie: session=1',
];

/** One value of the body becomes another, or goes. */
function changed(random: Random, body: Json): Json {
  if (typeof body !== 'object' || body === null) return random.pick(HOSTILE_VALUES);
  const names = Object.keys(body);
  const name = random.pick(names.length > 0 ? names : ['x']);
  const copy: Record<string, Json> = { ...(body as Record<string, Json>) };
  const inner = copy[name];
  const value = typeof inner === 'object' && inner !== null && random.next() < 0.6 ? changed(random, inner) : random.pick(HOSTILE_VALUES);
  if (random.next() < 0.2) delete copy[name];
  else copy[random.next() < 0.1 ? `${name}x` : name] = value;
  return copy;
}

/** How the text of a body reaches the door. */
function written(random: Random, body: Json): NonNullable<RequestInit['body']> {
  const text = JSON.stringify(body);
  switch (random.integer(0, 40)) {
    case 0:
      return text.slice(0, random.integer(0, text.length));
    case 1:
      return `\ufeff${text}`;
    case 2:
      return Buffer.from(text, 'utf16le');
    case 3:
      return `${text}${text}`;
    case 4:
      return '['.repeat(random.pick([10, 1000, 100_000]));
    case 5:
      return `{"a":${'{"a":'.repeat(300)}1${'}'.repeat(301)}`;
    case 6:
      return text.replace('{', '{"link":"x","opened":"x",');
    case 7:
      return '';
    case 8:
      return Buffer.from(Array.from({ length: random.integer(1, 600) }, () => random.integer(0, 255)));
    case 9:
      return text + ' '.repeat(random.pick([100, 70_000, 1_500_000]));
    case 10:
      return new URLSearchParams({ body: text }).toString();
    case 11:
      return `--x\r\ncontent-disposition: form-data; name="file"; filename="../../etc/passwd\u0000.pdf"\r\n\r\n${text}\r\n--x--`;
    default:
      return text;
  }
}

const JSON_TYPES = ['application/json', 'application/json; charset=utf-8'];
const OTHER_TYPES = [
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/json; charset=utf-16',
  'application/pdf, application/json',
  'application/jsonx',
  '',
];

function headersOf(random: Random, type: string): Record<string, string> {
  const headers: Record<string, string> = { 'content-type': random.next() < 0.06 ? random.pick(OTHER_TYPES) : type };
  if (random.next() < 0.03) headers['content-encoding'] = random.pick(['gzip', 'br', 'identity', 'x']);
  if (random.next() < 0.03) headers['content-length'] = random.pick(['0', '-1', '99999999999', 'x']);
  if (random.next() < 0.03) headers['x-http-method-override'] = 'GET';
  if (random.next() < 0.03)
    headers['authorization'] = random.pick(['Basic eDp4', 'Bearer', `Bearer ${any(random, 43)}`, `Bearer ${'a'.repeat(9000)}`]);
  if (random.next() < 0.05) headers['x-forwarded-for'] = random.pick(['127.0.0.1', '::1', 'x', `${'1.1.1.1, '.repeat(500)}2.2.2.2`]);
  if (random.next() < 0.03) headers['origin'] = 'https://elsewhere.example.org';
  return headers;
}

const methodOf = (random: Random): string =>
  random.next() < 0.03 ? random.pick(['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD']) : 'POST';

const pathOf = (random: Random, path: string): string =>
  random.next() < 0.02
    ? random.pick([`${path}/`, `/${path}`, path.toUpperCase(), `${path}%00`, `${path}/../open`, `${path};x=1`, `${path}?link=x`])
    : path;

/** What the product makes of the body, told apart from it: JSON that stands for one object; a mark of byte order before it is ignored (RFC 8259, 8.1). */
function readAsObject({ body }: HostileRequest['init']): Record<string, Json> | undefined {
  const text = typeof body === 'string' ? body : Buffer.from((body ?? '') as Uint8Array).toString('utf8');
  try {
    const value = JSON.parse(text.replace(/^\ufeff/, '')) as Json;
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, Json>) : undefined;
  } catch {
    return undefined;
  }
}

const withBody = (method: string, headers: Record<string, string>, body: NonNullable<RequestInit['body']>): HostileRequest['init'] =>
  method === 'GET' || method === 'HEAD' ? { method, headers } : { method, headers, body };

function openRequest(random: Random, doors: Doors, side: Side): HostileRequest {
  const mine = random.pick(doors.links.filter((link) => link.side === side));
  const factor = doors.secondFactor(side);
  // Often enough right, so that there is something opened to attack.
  const right = random.next() < 0.08;
  // What is over, with a second factor that is right.
  const over = !right && doors.stale.length > 0 && random.next() < 0.12;
  const link = right ? mine.token : over ? random.pick(doors.stale) : tokenLike(random, mine.token, doors, 0.3);
  const second = right || over ? factor : secondFactorLike(random, factor);
  const clean: Json =
    side === 'office'
      ? { link, npi: second }
      : { link, born: second, as: right ? 'patient' : random.pick(['patient', 'parent', 'guardian', 'proxy', 'x']) };
  const body = !over && random.next() < 0.15 ? changed(random, clean) : clean;
  const init = withBody(
    methodOf(random),
    headersOf(random, random.pick(JSON_TYPES)),
    right || over ? JSON.stringify(clean) : written(random, body),
  );
  const read = readAsObject(init);
  const found = doors.byToken(read?.['link']);
  const may =
    init.method === 'POST' &&
    found?.side === side &&
    found.tries < 5 &&
    read?.[side === 'office' ? 'npi' : 'born'] === factor &&
    (side === 'office' || ['patient', 'parent', 'guardian', 'proxy'].includes(String(read['as'])));
  return {
    door: `/${side}/open`,
    path: pathOf(random, `/${side}/open`),
    init,
    may,
    asked: 'open',
    link: found?.side === side ? found : undefined,
  };
}

function openedRequest(random: Random, doors: Doors, side: Side): HostileRequest {
  const name = side === 'office' ? random.pick(['view', 'acts', 'acts', 'packet']) : random.pick(['view', 'acts', 'acts']);
  const mine = attacked(random, doors, side);
  const opened = tokenLike(random, mine.opened ?? mine.token, doors, 0.5);
  const key =
    random.next() < 0.2 ? 'the-same-key' : random.next() < 0.1 ? random.pick(['', 'x', 'k'.repeat(65), 'a\u0000bcdefgh']) : any(random, 12);
  const clean = name === 'acts' ? { opened, key, what: random.pick(ACTS[side]) } : { opened };
  const body = random.next() < 0.2 ? changed(random, clean) : clean;
  const init = withBody(methodOf(random), headersOf(random, random.pick(JSON_TYPES)), written(random, body));
  const found = doors.byOpened(readAsObject(init)?.['opened']);
  const may = init.method === 'POST' && found?.side === side;
  return { door: `/${side}/${name}`, path: pathOf(random, `/${side}/${name}`), init, may, asked: 'other', link: may ? found : undefined };
}

function noteRequest(random: Random, doors: Doors, documents: HostileDocuments, seed: number): HostileRequest {
  const mine = attacked(random, doors, 'office');
  const token = tokenLike(random, mine.opened ?? mine.token, doors, 0.5);
  const bearer = typeof token === 'string' ? token : JSON.stringify(token ?? null);
  const safe = /^[\u0020-\u007e]*$/.test(bearer) ? bearer : any(random, 43);
  const form =
    random.next() < 0.85 ? random.pick(['interim', 'final']) : random.pick(['', 'x', 'final&form=interim', '%00', 'constructor']);
  const key =
    random.next() < 0.85 ? any(random, 12) : random.pick(['', 'x', 'k'.repeat(65), '%00aaaaaaaa', '..%2f..%2fetc', 'key&key=other123']);
  const headers: Record<string, string> = {
    ...headersOf(random, 'application/pdf'),
    authorization: random.pick(['Bearer ', 'Bearer ', 'Bearer ', 'bearer ', 'Basic ']) + safe,
  };
  if (random.next() < 0.1) headers['content-disposition'] = 'attachment; filename="../../etc/passwd%00.pdf"';
  const large = random.next() < 0.002;
  const bytes = new Uint8Array(large ? Buffer.alloc(10 * 1024 * 1024 + 1, '%PDF-1.7') : documents(seed));
  const init = withBody(methodOf(random), headers, bytes);
  const found = /^Bearer /i.test(headers['authorization'] ?? '') ? doors.byOpened(safe.trim()) : undefined;
  const may = init.method === 'POST' && found?.side === 'office' && !large;
  return { door: '/office/notes', path: `/office/notes?form=${form}&key=${key}`, init, may, asked: 'other', link: may ? found : undefined };
}

async function gatewayRequest(random: Random, doors: Doors, documents: HostileDocuments, seed: number): Promise<HostileRequest> {
  const bytes = random.next() < 0.02 ? Buffer.alloc(0) : documents(seed);
  const right = random.next() < 0.04;
  const of = new Uint8Array(bytes);
  const at = Math.floor(NOW.getTime() / 1000);
  const payload = {
    sha256: digest('x'),
    iss: 'fax-server',
    sub: doors.api.scope.issuer,
    aud: '/inbound/documents',
    jti: 'j',
    iat: at,
    exp: at + 60,
  };
  const forged = async (): Promise<string> => {
    const parts = (header: object): string =>
      [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    switch (random.integer(0, 7)) {
      case 0:
        return `${parts({ alg: 'none' })}.`;
      case 1:
        return new SignJWT(payload).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.alloc(32, 7));
      case 2:
        return `${parts({ alg: 'ES384', kid: '../../key', jku: 'http://127.0.0.1:1/keys' })}.${any(random, 128)}`;
      case 3:
        return doors.ticket(of, { sha256: digest('another file') });
      case 4:
        return doors.ticket(of, { aud: random.pick(['/sessions', '/office/notes', '']) });
      case 5: {
        const good = await doors.ticket(of);
        const place = random.integer(0, good.length - 1);
        return good.slice(0, place) + LETTERS.charAt(random.integer(0, 63)) + good.slice(place + 1);
      }
      case 6:
        return any(random, random.pick([20, 400, 3999, 9000]));
      default:
        return (await doors.ticket(of)).split('.').slice(0, 2).join('.');
    }
  };
  // The last letters of a signature hold bits that nobody reads: only one that differs in what it says is certainly another.
  const token = right ? await doors.ticket(of, random.next() < 0.3 ? { jti: 'again' } : {}) : await forged();
  const headers = { ...headersOf(random, 'application/octet-stream'), authorization: `Bearer ${token}` };
  const init = withBody(methodOf(random), headers, of);
  const good = right || (await sameTicket(doors, token, of));
  return {
    door: '/inbound/documents',
    path: pathOf(random, '/inbound/documents'),
    init,
    may: good && init.method === 'POST',
    asked: 'other',
    link: undefined,
  };
}

/** Whether it is what the gateway signs, however it is spelt. */
async function sameTicket(doors: Doors, token: string, bytes: Uint8Array): Promise<boolean> {
  const [head, said, signature] = token.split('.');
  const [goodHead, goodSaid] = (await doors.ticket(bytes)).split('.');
  if (signature === undefined || head !== goodHead || said === undefined || goodSaid === undefined) return false;
  try {
    const says = (text: string): Record<string, Json> => ({
      ...(JSON.parse(Buffer.from(text, 'base64url').toString()) as Record<string, Json>),
      jti: '',
    });
    return JSON.stringify(says(said)) === JSON.stringify(says(goodSaid)) && signature.length >= 128;
  } catch {
    return false;
  }
}

function textRequest(random: Random): HostileRequest {
  const clean = {
    id: `m-${any(random, 8)}`,
    from: random.pick(['+15552109999', '5552100100', '+1', "'", '+999999999999999999']),
    text: random.pick(['STOP', 'Hola', 'chest pain', '\u0000', 'x'.repeat(4000), '💬'.repeat(1000)]),
  };
  const body = random.next() < 0.4 ? changed(random, clean) : clean;
  const bytes = Buffer.from(written(random, body) as string);
  const seconds = Math.floor(NOW.getTime() / 1000) - (random.next() < 0.2 ? 3600 : 0);
  const right = random.next() < 0.4;
  const secret = right ? NO_GATEWAY.secret : 'another secret of thirty-two letters';
  const signature = createHmac('sha256', secret).update(`${seconds}.`).update(bytes).digest('hex');
  const told =
    random.next() < 0.8
      ? `t=${seconds},v1=${signature}`
      : random.pick(['', `t=,v1=${signature}`, `t=${seconds}`, `t=${seconds},v1=${'0'.repeat(64)}`, `t=1e9,v1=${signature}`]);
  const headers = { ...headersOf(random, 'application/json'), 'x-refloop-signature': told };
  const init = withBody(methodOf(random), headers, bytes);
  return {
    door: '/text-messages',
    path: pathOf(random, '/text-messages'),
    init,
    may: right && init.method === 'POST',
    asked: 'other',
    link: undefined,
  };
}

export async function hostileRequest(seed: number, doors: Doors, documents: HostileDocuments): Promise<HostileRequest> {
  const random = randomFrom(`hostile request ${seed}`);
  const which = random.next();
  if (which < 0.24) return openRequest(random, doors, 'office');
  if (which < 0.48) return openRequest(random, doors, 'patient');
  if (which < 0.64) return openedRequest(random, doors, 'office');
  if (which < 0.78) return openedRequest(random, doors, 'patient');
  if (which < 0.86) return noteRequest(random, doors, documents, seed);
  if (which < 0.94) return gatewayRequest(random, doors, documents, seed);
  return textRequest(random);
}
