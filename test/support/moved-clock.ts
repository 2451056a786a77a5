/**
 * Loaded before anything else by every Node process of a product under test: its clock is the machine's, moved by as many milliseconds as the file
 * REFLOOP_TEST_CLOCK says. EHR and Refloop go by the same file, so that days pass for both at once. How long something takes is not changed.
 */
import { readFileSync } from 'node:fs';

const file = process.env['REFLOOP_TEST_CLOCK'] ?? '';
const LOOK_MS = 100;

const MachineDate = Date;
let moved = 0;

function look(): void {
  moved = Number(readFileSync(file, 'utf8'));
}

class MovedDate extends MachineDate {
  constructor(...given: [] | [number | string | Date]) {
    if (given.length === 0) super(MachineDate.now() + moved);
    else super(...(given as [number]));
  }

  static override now(): number {
    return MachineDate.now() + moved;
  }
}

if (file !== '') {
  look();
  setInterval(look, LOOK_MS).unref();
  globalThis.Date = MovedDate as DateConstructor;
}
