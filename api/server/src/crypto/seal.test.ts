import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createPatientIndex } from './patient-index.ts';
import { open, openJson, type Place, seal, sealJson } from './seal.ts';

const key = randomBytes(32);
const place: Place = { table: 'referral', tenant: 'north', issuer: 'https://ehr.example.org', id: 'r1', column: 'state' };

/** By the code that knew one form. */
const SEALED_BEFORE =
  'AR+/ZkHeAc4tACTJOzlDx3s+x+Rz4RRElG613LoWM3h6I8+wIu0It/oYolURpFErgAGxqq1znULIl5v0VFimNZUBe1U8k4kko7KgHh8zDGCllUhEvSCv3Ae7ZiCCTavnYhsrNbc=';

describe('what is sealed', () => {
  test('opens to the same, and never looks the same twice', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const [one, two] = [sealJson(key, value, place), sealJson(key, value, place)];
        // JSON has one zero.
        expect(openJson(key, one, place)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(one.equals(two)).toBe(false);
      }),
    );
  });

  test('opens to the same when it is long, and then takes a fraction of the room', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const long = Array.from({ length: 400 }, () => ({ value: value ?? 'nothing' }));
        const sealed = sealJson(key, long, place);
        expect(openJson(key, sealed, place)).toEqual(JSON.parse(JSON.stringify(long)));
        expect(sealed.byteLength).toBeLessThan(JSON.stringify(long).length / 2);
      }),
      { numRuns: 30 },
    );
  });

  test('does not open when it is said to be in another form', () => {
    for (const value of ['short', 'long '.repeat(1000)]) {
      const sealed = sealJson(key, value, place);
      const other = Buffer.from(sealed);
      other[0] = sealed[0] === 1 ? 2 : 1;
      expect(() => openJson(key, other, place)).toThrow('does not open');
    }
  });

  test('opens as it was sealed before there were two forms', () => {
    const old = { key: Buffer.alloc(32, 7), sealed: Buffer.from(SEALED_BEFORE, 'base64') };
    expect(openJson(old.key, old.sealed, place)).toEqual({ chart: 'x'.repeat(60) });
  });

  test('opens at its own place alone; parts of a place cannot be moved into one another', () => {
    const sealed = seal(key, Buffer.from('text'), place);
    const others: Place[] = [
      { ...place, table: 'plan' },
      { ...place, tenant: 'south' },
      { ...place, issuer: 'https://other.example.org' },
      { ...place, id: 'r2' },
      { ...place, column: 'content' },
      { ...place, id: 'r1","state', column: '' },
      { ...place, tenant: '', issuer: `north${place.issuer}` },
    ];
    for (const other of others) expect(() => open(key, sealed, other)).toThrow('does not open');
    expect(open(key, sealed, place).toString()).toBe('text');
  });

  test('does not open with another key, with one bit changed, or cut short', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 50 }), fc.nat(), (plain, bit) => {
        const sealed = seal(key, plain, place);
        const changed = Buffer.from(sealed);
        const at = bit % (changed.length * 8);
        changed[at >> 3] = (changed[at >> 3] ?? 0) ^ (1 << (at & 7));
        expect(() => open(key, changed, place)).toThrow(/does not open|Unknown form/);
        expect(() => open(randomBytes(32), sealed, place)).toThrow('does not open');
        expect(() => open(key, sealed.subarray(0, -1), place)).toThrow(/does not open|Unknown form/);
      }),
    );
  });
});

describe('what stands for a patient', () => {
  const index = createPatientIndex(randomBytes(32));
  const scope = { tenant: 'north', issuer: 'https://ehr.example.org' };

  test('is the same for the same, and never for Patient/1 elsewhere or by another key', () => {
    const elsewhere = [
      { ...scope, tenant: 'south' },
      { ...scope, issuer: 'https://other.example.org' },
    ];
    const own = index.patient(scope, '1').toString('hex');
    expect(index.patient({ ...scope }, '1').toString('hex')).toBe(own);
    for (const other of elsewhere) {
      expect(index.patient(other, '1').toString('hex')).not.toBe(own);
      expect(index.pseudonym(other, '1')).not.toBe(index.pseudonym(scope, '1'));
    }
    expect(createPatientIndex(randomBytes(32)).pseudonym(scope, '1')).not.toBe(index.pseudonym(scope, '1'));
  });

  test('is of another key for each use: a pseudonym that people see is no part of the index', () => {
    const shown = index.pseudonym(scope, '1').slice(2);
    expect(index.patient(scope, '1').toString('hex')).not.toContain(shown);
    expect(index.fact(scope, '1').equals(index.patient(scope, '1'))).toBe(false);
  });

  test('cannot be met by moving characters between issuer and id', () => {
    expect(index.patient({ ...scope, issuer: 'a' }, 'b1').equals(index.patient({ ...scope, issuer: 'ab' }, '1'))).toBe(false);
  });
});
