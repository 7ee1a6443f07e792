import { descriptionOf, type Kind } from '../resources/index.ts';
import { bindingOperations } from './binding-operations.ts';
import { collectionOperations } from './collection-operations.ts';
import type { KindComments } from './comments.ts';
import { errorsOf } from './kind-errors.ts';
import { membershipOperations } from './membership-operations.ts';
import { singletonOperations } from './singleton-operations.ts';
import type { Operation } from '../operations/operation.ts';
import { publicationOperations } from './publication-operations.ts';

/** The operations of the management API with which objects of a kind are created, read, changed and deleted. */
export function operationsOf(kind: Kind, comments: KindComments): readonly Operation[] {
  const description = descriptionOf(kind);
  const errors = errorsOf(kind, comments);
  const { operations: shape } = description;
  switch (shape.shape) {
    case 'collection':
      return collectionOperations(description, shape, comments.input, errors);
    case 'binding':
      return bindingOperations(description, shape, errors);
    case 'membership':
      return membershipOperations(description, shape, errors);
    case 'singleton':
      return singletonOperations(description, shape, errors);
    case 'publication':
      return publicationOperations(description, comments, errors);
  }
}
