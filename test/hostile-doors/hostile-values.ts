/** What values, bodies and headers become in hostile hands: each from a seed. */
import { createHash } from 'node:crypto';
import type { Random } from '@refloop/launch/synthetic/random';
import type { Doors } from './doors.ts';
import type { HostileRequest } from './hostile-request.ts';

export type Json = unknown;

const OTHER_NPI = '1538271645';

export const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
export const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
/** Long ones say the same again and again. */
export const any = (random: Random, length: number): string => {
  const part = Array.from({ length: Math.min(length, 1000) }, () => LETTERS.charAt(random.integer(0, 63))).join('');
  return part.repeat(Math.ceil(length / 1000)).slice(0, length);
};

/** What a token becomes in other hands; at times it stays what it is. */
export function tokenLike(random: Random, right: string, doors: Doors, stays = 0.1): Json {
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
      return random.pick(doors.past).token;
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

export function secondFactorLike(random: Random, right: string): Json {
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
export function changed(random: Random, body: Json): Json {
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
export function written(random: Random, body: Json): NonNullable<RequestInit['body']> {
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

export const JSON_TYPES = ['application/json', 'application/json; charset=utf-8'];
const OTHER_TYPES = [
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/json; charset=utf-16',
  'application/pdf, application/json',
  'application/jsonx',
  '',
];

export function headersOf(random: Random, type: string): Record<string, string> {
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

export const OTHER_METHODS = ['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD'] as const;

export const methodOf = (random: Random): string => (random.next() < 0.03 ? random.pick(OTHER_METHODS) : 'POST');

export const pathOf = (random: Random, path: string): string =>
  random.next() < 0.02
    ? random.pick([`${path}/`, `/${path}`, path.toUpperCase(), `${path}%00`, `${path}/../open`, `${path};x=1`, `${path}?link=x`])
    : path;

/** What the product makes of the body, told apart from it: JSON that stands for one object; a mark of byte order before it is ignored (RFC 8259, 8.1). */
export function readAsObject({ body }: HostileRequest['init']): Record<string, Json> | undefined {
  const text = typeof body === 'string' ? body : Buffer.from((body ?? '') as Uint8Array).toString('utf8');
  try {
    const value = JSON.parse(text.replace(/^\ufeff/, '')) as Json;
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, Json>) : undefined;
  } catch {
    return undefined;
  }
}

export const withBody = (
  method: string,
  headers: Record<string, string>,
  body: NonNullable<RequestInit['body']>,
): HostileRequest['init'] => (method === 'GET' || method === 'HEAD' ? { method, headers } : { method, headers, body });
