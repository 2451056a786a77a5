/**
 * Before every test file: property tests draw the same each time, so that what passed passes again and a red run is of the change at hand. A
 * test that names a seed of its own keeps it. `REFLOOP_PROPERTY_SEED=N npm test -- unit` looks elsewhere.
 */
import fc from 'fast-check';

const SEED = 20_261_129;

const asked = process.env['REFLOOP_PROPERTY_SEED'];
if (asked !== undefined && !/^\d{1,9}$/.test(asked)) throw new Error('REFLOOP_PROPERTY_SEED is a whole number of up to nine digits.');
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: asked === undefined ? SEED : Number(asked) });
