/** Requests to what gateways of a site use: documents that came in, and text messages. */
import { createHmac } from 'node:crypto';
import type { Random } from '@refloop/launch/synthetic/random';
import { NO_GATEWAY } from '@refloop/server/services/test-referral-api';
import { SignJWT } from 'jose';
import type { HostileDocuments } from '../inbound/hostile-documents.ts';
import { type Doors, NOW, phoneOf } from './doors.ts';
import type { Even, HostileRequest } from './hostile-request.ts';
import { any, changed, digest, headersOf, type Json, LETTERS, methodOf, pathOf, withBody, written } from './hostile-values.ts';

export async function gatewayRequest(
  random: Random,
  { kind }: Even,
  doors: Doors,
  documents: HostileDocuments,
  seed: number,
): Promise<HostileRequest> {
  const bytes = random.next() < 0.02 ? Buffer.alloc(0) : documents(seed);
  const right = kind < 0.06;
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
    switch (Math.floor(kind * 80) % 8) {
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
    mayEnter: good && init.method === 'POST',
    mustEnter: false,
    mayWrite: good && init.method === 'POST',
    mayTell: false,
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

export function textRequest(random: Random): HostileRequest {
  const clean = {
    id: `m-${any(random, 8)}`,
    from: random.pick(['+15552109999', `555210${phoneOf(random.integer(1, 40))}`, '+1', "'", '+999999999999999999']),
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
    mayEnter: right && init.method === 'POST',
    mustEnter: false,
    mayWrite: right && init.method === 'POST',
    mayTell: false,
    asked: 'other',
    link: undefined,
  };
}
