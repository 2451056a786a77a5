/**
 * A patient's data in the wrong place, on every route: in each place of a good body as a value and as a name, in each place of an
 * address, in a text that is no JSON, in the headers. Whatever is refused, the refusal and the log name places and never what was in them.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWholeApp } from '../test-whole-app.ts';
import { GOOD, MARK, openSender, places, type Sender, withMark } from './test-good-bodies.ts';

const FAMILY = 'Plantedname';
const PLANTED = [`Zebulon ${FAMILY}`, '1931-02-03', 'MRN-99887766'];
const WORDS = PLANTED.join(' ');

let sender: Sender;

beforeAll(async () => {
  sender = await openSender(await openWholeApp());
});
afterAll(() => sender.whole.close());

const toldIn = (text: string): string[] => PLANTED.filter((value) => text.includes(value) || text.includes(encodeURIComponent(value)));

/** JSON texts; the short one fits where ids do. */
const IN_PLACE_OF_A_VALUE = [
  JSON.stringify(WORDS),
  JSON.stringify(PLANTED[0]),
  `{${JSON.stringify(WORDS)}:${JSON.stringify(WORDS)}}`,
  `[${JSON.stringify(WORDS)}]`,
];

describe.each(Object.entries(GOOD))('%s', (name, good) => {
  const [method = ''] = name.split(' ');

  test('tells nothing of what it refuses', async () => {
    const path = await good.path(sender);
    let body = await good.body(sender);
    const told: unknown[] = [];
    let refused = 0;
    for (const [number, place] of places(body).entries()) {
      if (number % 10 === 0) {
        await sender.forgetDrafts();
        body = await good.body(sender);
      }
      for (const planted of IN_PLACE_OF_A_VALUE) {
        const text = JSON.stringify(withMark(body, place)).replace(`"${MARK}"`, () => planted);
        const answer = await sender.send(method, path, text);
        if (answer.status < 400) continue;
        refused += 1;
        if (toldIn(answer.text).length > 0) told.push(`${place.join('.')}: ${answer.text.slice(0, 300)}`);
      }
    }
    expect(told).toEqual([]);
    expect(refused).toBeGreaterThan(1);
  });

  test('tells nothing of a text that is no JSON, or has another type', async () => {
    const path = await good.path(sender);
    for (const [text, type] of [
      [`{"name": ${WORDS}}`, 'application/json'],
      [`{"name": "${WORDS}"`, 'application/json'],
      [JSON.stringify({ name: WORDS }), 'text/plain'],
      [JSON.stringify({ name: WORDS }), `application/${FAMILY}`],
    ] as const) {
      const answer = await sender.send(method, path, text, { 'content-type': type });
      expect({ type, status: answer.status, told: answer.text.includes(FAMILY) }).toMatchObject({
        status: expect.toSatisfy((status: number) => status === 400 || status === 415),
        told: false,
      });
    }
  });
});

test('no address is told again, in a place of its own, a query or a header', async () => {
  const { whole, token } = sender;
  for (const { method, path } of [...whole.routes, { method: 'get', path: '/nowhere/:id' }]) {
    const placed = path.replaceAll(/:[A-Za-z]+/g, encodeURIComponent(WORDS));
    // Nobody signs out.
    const authorizations =
      placed === '/sessions/current' && method === 'delete' ? [`Bearer ${WORDS}`] : [`Bearer ${token}`, `Bearer ${WORDS}`];
    for (const authorization of authorizations) {
      const response = await whole.app.request(
        `${placed}?patient=${encodeURIComponent(WORDS)}&${encodeURIComponent(WORDS)}=1&cursor=${encodeURIComponent(WORDS)}&from=${encodeURIComponent(WORDS)}`,
        {
          method: method.toUpperCase(),
          headers: {
            authorization,
            'content-type': 'application/json',
            'x-request-id': WORDS,
            'user-agent': WORDS,
            referer: `https://ehr.example.org/${encodeURIComponent(WORDS)}`,
          },
          ...(['get', 'delete'].includes(method) ? {} : { body: '{}' }),
        },
      );
      const told = toldIn(`${await response.text()}\n${JSON.stringify([...response.headers])}`);
      expect({ method, path, status: response.status, told }).toEqual({ method, path, status: expect.any(Number), told: [] });
    }
  }
});

test('none of all this is in the log', () => {
  expect(sender.whole.log.lines.length).toBeGreaterThan(1000);
  expect(sender.whole.log.leaked([...PLANTED, ...PLANTED.map(encodeURIComponent), FAMILY])).toEqual([]);
});
