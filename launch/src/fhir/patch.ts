/** JSON Patch (RFC 6902) on a resource. */
import { applyPatch, type Operation } from '@medplum/core';
import { refusal } from './fhir-error.ts';
import type { Stored } from './repository.ts';

const mostOperations = 200;
/** A few copies of a copy fill the memory, so the size is looked at after each one. */
const largestResult = 1024 * 1024;
const names = new Set(['add', 'remove', 'replace', 'move', 'copy', 'test']);

/** Applies the operations in order; the resource given is changed in place. Throws 400 for what is no patch, 422 for one that does not fit. */
export function applyJsonPatch(resource: Stored, operations: unknown): Stored {
  if (!Array.isArray(operations) || operations.length > mostOperations) {
    throw refusal(400, 'invalid', `A JSON Patch is an array of at most ${mostOperations} operations, sent as application/json-patch+json.`);
  }
  const { resourceType, id } = resource;
  operations.forEach((operation: unknown, index) => {
    if (!isOperation(operation)) {
      throw refusal(
        400,
        'invalid',
        `Operation ${index} of the patch needs an "op" of RFC 6902 and a "path" that begins with "/".`,
        `[${index}]`,
      );
    }
    const [failure] = applyPatch(resource, [operation]);
    if (failure)
      throw refusal(
        422,
        'processing',
        `Operation ${index} of the patch (${operation.op} ${operation.path}) does not fit the resource: ${failure.name}.`,
        `[${index}]`,
      );
    if (operation.op === 'copy' && JSON.stringify(resource).length > largestResult) {
      throw refusal(413, 'too-long', `Operation ${index} makes the resource larger than ${largestResult} bytes.`, `[${index}]`);
    }
  });
  if (resource.resourceType !== resourceType || resource.id !== id) {
    throw refusal(400, 'invalid', 'A patch cannot change resourceType or id. Create another resource instead.');
  }
  return resource;
}

function isOperation(value: unknown): value is Operation {
  if (typeof value !== 'object' || value === null) return false;
  const { op, path, from } = value as Record<string, unknown>;
  return typeof op === 'string' && names.has(op) && isPointer(path) && (op !== 'move' && op !== 'copy' ? true : isPointer(from));
}

/** A JSON Pointer below the root that reaches no object's prototype. */
function isPointer(pointer: unknown): boolean {
  return typeof pointer === 'string' && pointer.startsWith('/') && !/\/(__proto__|constructor|prototype)(\/|$)/.test(pointer);
}
