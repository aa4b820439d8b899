import type { TObject } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { Value } from 'typebox/value';
import type { FieldError } from '../../api/errors.ts';
import { Problem } from '../kernel/problem.ts';

const FIELDS_MAX = 20;

export type Part = 'params' | 'query' | 'body' | 'headers';

/** Checks one part of a request against its schema and gives it back with defaults filled in. */
export type Check = (value: unknown) => unknown;

/**
 * A check for `schema`, compiled once. Paths and queries are text, so numbers in them are read from
 * it; a body must have the right types by itself. Throws `validation_failed` that names each field.
 */
export function compileCheck(part: Part, schema: TObject): Check {
  const validator = Compile(schema);
  return (given) => {
    let value = given;
    if (part !== 'body') value = readNumbers(schema, value);
    value = Value.Default(schema, value);
    if (validator.Check(value)) return value;
    throw new Problem('validation_failed', undefined, {
      fields: explain(part, validator, value),
    });
  };
}

/** Turns texts that are whole numbers into numbers, where the schema wants one; the check judges the rest. */
function readNumbers(schema: TObject, value: unknown): unknown {
  const entries = Object.entries(value as Record<string, unknown>).map(([name, given]) => {
    const wanted = schema.properties[name] as { type?: unknown } | undefined;
    const isNumber = typeof given === 'string' && /^-?(0|[1-9][0-9]{0,14})$/.test(given);
    return [name, isNumber && wanted?.type === 'integer' ? Number(given) : given];
  });
  return Object.fromEntries(entries);
}

function explain(part: Part, validator: Validator, value: unknown): FieldError[] {
  const fields = new Map<string, string>();
  for (const error of validator.Errors(value)) {
    for (const [field, message] of sayFault(part, error)) {
      // The first fault of a field is the one to mend first.
      if (!fields.has(field)) fields.set(field, message);
    }
    if (fields.size >= FIELDS_MAX) break;
  }
  return [...fields].map(([field, message]) => ({ field, message }));
}

interface Fault {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message: string;
  readonly params: object;
}

function sayFault(part: Part, fault: Fault): [field: string, message: string][] {
  const path = part + fault.instancePath.replaceAll('/', '.');
  const params = fault.params as Record<string, unknown>;
  const names = (key: string) => (Array.isArray(params[key]) ? (params[key] as string[]) : []);
  switch (fault.keyword) {
    case 'required':
      return names('requiredProperties').map((name) => [`${path}.${name}`, 'is missing']);
    case 'additionalProperties':
      return names('additionalProperties').map((name) => [
        `${path}.${name}`,
        'is not a field that this address knows',
      ]);
    case 'boolean':
      return [[path, 'is not a field that this address knows']];
    case 'type':
      return [[path, `must be ${sayType(params.type)}`]];
    case 'minLength':
      return [[path, `must have at least ${params.limit} character(s)`]];
    case 'maxLength':
      return [[path, `must have at most ${params.limit} characters`]];
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return [[path, `must be ${params.comparison} ${params.limit}`]];
    case 'minItems':
      return [[path, `must have at least ${params.limit} item(s)`]];
    case 'maxItems':
      return [[path, `must have at most ${params.limit} items`]];
    case 'uniqueItems':
      return [[path, 'must not name anything twice']];
    case 'minProperties':
      return [[path, 'must name at least one field to change']];
    case 'format':
      return [[path, `must be a valid ${sayFormat(params.format)}`]];
    case 'pattern':
      return [[path, 'does not have the right form']];
    case 'const':
      return [[path, `must be ${JSON.stringify(params.allowedValue)}`]];
    default:
      return [[path, fault.message]];
  }
}

function sayType(type: unknown): string {
  const name = Array.isArray(type) ? type.join(' or ') : String(type);
  return name === 'object' || name === 'integer' || name === 'array' ? `an ${name}` : `a ${name}`;
}

function sayFormat(format: unknown): string {
  return format === 'email' ? 'e-mail address' : String(format);
}
