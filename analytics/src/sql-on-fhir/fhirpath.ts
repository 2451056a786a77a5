/**
 * Reads the part of FHIRPath that a shareable view may use: paths, indexes, calls, literals, constants, and the operators of
 * arithmetic, comparison and logic. What it means is `compile-fhirpath.ts`.
 * See: https://hl7.org/fhirpath/N1/grammar.html, https://sql-on-fhir.org/ig/StructureDefinition-ShareableViewDefinition.html
 */

export const BINARY_OPERATORS = ['*', '/', '+', '-', '<=', '<', '>=', '>', '=', '!=', 'and', 'or', 'xor', 'implies'] as const;
export type BinaryOperator = (typeof BINARY_OPERATORS)[number];

export type Expression =
  | { kind: 'text'; value: string }
  | { kind: 'number'; value: string }
  | { kind: 'boolean'; value: boolean }
  /** A date or a time, as written, without its @. */
  | { kind: 'moment'; value: string }
  | { kind: 'empty' }
  | { kind: 'this' }
  | { kind: 'constant'; name: string }
  | { kind: 'member'; of: Expression | null; name: string }
  /** A number, or the name of a constant that is one. */
  | { kind: 'index'; of: Expression; at: number | string }
  | { kind: 'call'; of: Expression | null; name: string; parameters: Expression[] }
  | { kind: 'binary'; operator: BinaryOperator; left: Expression; right: Expression };

export class FhirPathError extends Error {
  constructor(path: string, position: number, problem: string) {
    super(`${JSON.stringify(path)}, at character ${position + 1}: ${problem}`);
  }
}

type Token = { kind: 'name' | 'text' | 'number' | 'moment' | 'constant' | 'this' | 'sign' | 'end'; text: string; at: number };

/** Far more than any view needs; a longer or deeper one would be built to exhaust. */
const MOST_CHARACTERS = 2000;
const MOST_DEPTH = 40;

const RULES: [Token['kind'] | 'space', RegExp][] = [
  ['space', /\s+/y],
  [
    'moment',
    /@(T\d{2}(:\d{2}(:\d{2}(\.\d{1,9})?)?)?|\d{4}(-\d{2}(-\d{2}(T(\d{2}(:\d{2}(:\d{2}(\.\d{1,9})?)?)?)?(Z|[+-]\d{2}:\d{2})?)?)?)?)/y,
  ],
  ['number', /\d+(\.\d+)?/y],
  ['text', /'(?:[^'\\]|\\.)*'/y],
  ['constant', /%(?:[A-Za-z_][A-Za-z0-9_]*|`[A-Za-z_][A-Za-z0-9_]*`|'[A-Za-z_][A-Za-z0-9_]*')/y],
  ['this', /\$this\b/y],
  ['name', /[A-Za-z_][A-Za-z0-9_]*|`[A-Za-z_][A-Za-z0-9_]*`/y],
  ['sign', /<=|>=|!=|[.[\](){},*/+\-<>=]/y],
];

const ESCAPES: Record<string, string> = { n: '\n', r: '\r', t: '\t', f: '\f' };
const unescaped = (text: string): string =>
  text.replaceAll(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_all, code: string | undefined, character: string) =>
    code === undefined ? (ESCAPES[character] ?? character) : String.fromCharCode(Number.parseInt(code, 16)),
  );

const withoutQuotes = (kind: Token['kind'], text: string): string => {
  if (kind === 'text') return unescaped(text.slice(1, -1));
  if (kind === 'moment') return text.slice(1);
  if (kind === 'constant') return text.slice(1).replaceAll(/[`']/g, '');
  return kind === 'name' ? text.replaceAll('`', '') : text;
};

function tokensOf(path: string): Token[] {
  if (path.length > MOST_CHARACTERS) throw new FhirPathError(path.slice(0, 40), 0, `longer than ${MOST_CHARACTERS} characters`);
  const tokens: Token[] = [];
  for (let at = 0; at < path.length; ) {
    const found = RULES.map(([kind, rule]) => {
      rule.lastIndex = at;
      return { kind, text: rule.exec(path)?.[0] };
    }).find(({ text }) => text !== undefined);
    if (found?.text === undefined) throw new FhirPathError(path, at, `"${path[at]}" is not understood here`);
    if (found.kind !== 'space') tokens.push({ kind: found.kind, text: withoutQuotes(found.kind, found.text), at });
    at += found.text.length;
  }
  return [...tokens, { kind: 'end', text: '', at: path.length }];
}

/** From what binds loosest to what binds tightest. */
const LEVELS: BinaryOperator[][] = [['implies'], ['or', 'xor'], ['and'], ['=', '!='], ['<=', '<', '>=', '>'], ['+', '-'], ['*', '/']];

/** Throws `FhirPathError`, which says where and what. */
export function parseFhirPath(path: string): Expression {
  const tokens = tokensOf(path);
  let next = 0;
  let depth = 0;
  const peek = (): Token => tokens[next] ?? { kind: 'end', text: '', at: path.length };
  const fail = (problem: string): never => {
    throw new FhirPathError(path, peek().at, problem);
  };
  const isSign = (text: string): boolean => peek().kind === 'sign' && peek().text === text;
  const take = (): Token => {
    const token = peek();
    next += 1;
    return token;
  };
  const expectSign = (text: string): void => {
    if (!isSign(text)) fail(`"${text}" is missing`);
    next += 1;
  };

  function parametersOf(): Expression[] {
    const parameters: Expression[] = [];
    expectSign('(');
    while (!isSign(')')) {
      if (parameters.length > 0) expectSign(',');
      parameters.push(binary(0));
    }
    next += 1;
    return parameters;
  }

  function named(of: Expression | null): Expression {
    const token = take();
    if (token.kind !== 'name') {
      next -= 1;
      return fail('the name of an element is missing');
    }
    return isSign('(') ? { kind: 'call', of, name: token.text, parameters: parametersOf() } : { kind: 'member', of, name: token.text };
  }

  function term(): Expression {
    const token = peek();
    switch (token.kind) {
      case 'text':
      case 'number':
      case 'moment':
        next += 1;
        return { kind: token.kind, value: token.text };
      case 'constant':
        next += 1;
        return { kind: 'constant', name: token.text };
      case 'this':
        next += 1;
        return { kind: 'this' };
      case 'name':
        if (token.text === 'true' || token.text === 'false') {
          next += 1;
          return { kind: 'boolean', value: token.text === 'true' };
        }
        return named(null);
      case 'sign':
        return signed();
      case 'end':
        return fail('something is missing');
    }
  }

  function signed(): Expression {
    if (isSign('(')) {
      next += 1;
      const inner = binary(0);
      expectSign(')');
      return inner;
    }
    if (isSign('{')) {
      next += 1;
      expectSign('}');
      return { kind: 'empty' };
    }
    if (isSign('-') || isSign('+')) {
      const sign = take().text;
      const token = take();
      if (token.kind === 'number') return { kind: 'number', value: sign === '-' ? `-${token.text}` : token.text };
      next -= 1;
      return fail('a number is missing after the sign');
    }
    return fail(`"${peek().text}" is not understood here`);
  }

  function postfix(): Expression {
    let expression = term();
    for (;;) {
      if (isSign('.')) {
        next += 1;
        expression = named(expression);
      } else if (isSign('[')) {
        next += 1;
        const at = take();
        if (at.kind !== 'constant' && (at.kind !== 'number' || !/^\d{1,6}$/.test(at.text))) {
          next -= 1;
          fail('an index is a whole number, or a constant');
        }
        expectSign(']');
        expression = { kind: 'index', of: expression, at: at.kind === 'constant' ? at.text : Number(at.text) };
      } else return expression;
    }
  }

  function binary(level: number): Expression {
    const operators = LEVELS[level];
    if (operators === undefined) return postfix();
    depth += 1;
    if (depth > MOST_DEPTH * LEVELS.length) fail('nested too deeply');
    let left = binary(level + 1);
    for (;;) {
      const { kind, text } = peek();
      const operator = kind === 'sign' || kind === 'name' ? operators.find((each) => each === text) : undefined;
      if (operator === undefined) break;
      next += 1;
      left = { kind: 'binary', operator, left, right: binary(level + 1) };
    }
    depth -= 1;
    return left;
  }

  const expression = binary(0);
  if (peek().kind !== 'end') fail(`"${peek().text}" is not understood here`);
  return expression;
}
