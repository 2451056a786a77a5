/**
 * A query over a part of the rows at a time. DuckDB cannot put aside all that it gathers for a group, so that the memory of one query over
 * everything grows with everything.
 */

const MOST_PARTS = 256;

/** How many parts there are when none should hold more than this many rows; 256 at most. */
export const partsFor = (rows: number, atOnce: number): number => Math.min(MOST_PARTS, Math.max(1, Math.ceil(rows / atOnce)));

/**
 * Conditions that hold of each key in exactly one place, whatever it is called; a missing key belongs to the first.
 * @param key a column, or an expression of SQL
 */
export const hashParts = (key: string, parts: number): string[] =>
  parts === 1 ? ['true'] : Array.from({ length: parts }, (_, at) => `coalesce(hash(${key}) % ${parts}, 0) = ${at}`);

/** The same for pseudonyms, by their first two hexadecimal digits, which are as good as random. */
export function pseudonymParts(parts: number): string[] {
  const bounds = Array.from({ length: parts - 1 }, (_, at) => {
    const digits = Math.floor(((at + 1) * MOST_PARTS) / parts).toString(16);
    return `'r-${digits.padStart(2, '0')}'`;
  });
  return Array.from({ length: parts }, (_, at) => {
    const [from, to] = [bounds[at - 1], bounds[at]];
    return [from && `referral >= ${from}`, to && `referral < ${to}`].filter((each) => each !== undefined).join(' and ') || 'true';
  });
}

/**
 * A `select` that sees of each of these tables only the rows of one part.
 * @param narrowed the condition for each table, by its name
 */
export function overPart(select: string, narrowed: Readonly<Record<string, string>>): string {
  const tables = Object.entries(narrowed).map(
    ([table, where]) => `${table} as not materialized (select * from main.${table} where ${where})`,
  );
  return `with ${tables.join(', ')} select * from (${select})`;
}

/** The statements that make one table of what each part gives. */
export const madeInParts = (table: string, selects: readonly string[]): string[] =>
  selects.map((select, at) => `${at === 0 ? `create table ${table} as` : `insert into ${table}`} ${select}`);
