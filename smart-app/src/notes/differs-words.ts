/** In what a note differs from a chart, in words. */
import type { ComparedField } from '@refloop/server/client/inbound';
import { joined } from '../words/joined.ts';

const FIELD_WORDS: Readonly<Record<ComparedField['field'], string>> = {
  name: 'name',
  born: 'date of birth',
  sex: 'sex',
  address: 'address',
  phone: 'phone',
  'record number': 'record number',
};

/** “name”, “name and date of birth”, “name, date of birth and record number”. */
export const differsWords = (fields: readonly ComparedField['field'][]): string => joined(fields.map((field) => FIELD_WORDS[field]));
