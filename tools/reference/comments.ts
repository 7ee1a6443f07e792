import type { ControlErrorName } from '@apig/sdk/contract';
import { join } from 'node:path';
import ts from 'typescript';
import type {
  Comments,
  FieldComment,
  FieldComments,
  KindComments,
} from '../../sdk/src/reference/comments.ts';

/*
 * Reads the comments above kinds and fields from the sources, which are their only place. A program of the compiler knows
 * which declaration a field comes from, also when it is spread from another object or wrapped in marks.
 */

/** The comments of every kind of the registry, read from the sources of the sdk. */
export function readComments(root: string): Comments {
  const entry = join(root, 'sdk/src/resources/index.ts');
  const program = ts.createProgram([entry], optionsOf(join(root, 'sdk/tsconfig.json')));
  const checker = program.getTypeChecker();
  const file = program.getSourceFile(entry);
  const registry = file && exported(checker, file, 'Resources');
  if (registry === undefined) throw new Error(`${entry} exports no Resources`);
  const kinds = checker.getDeclaredTypeOfSymbol(registry).getProperties();
  const homes = new Set(kinds.map((kind) => descriptionOf(checker, kind).getSourceFile()));
  const comments = kinds.map((kind) => {
    const home = descriptionOf(checker, kind).getSourceFile();
    return [kind.name, { ...kindComments(checker, kind), errors: errorsIn(program, home, homes) }];
  });
  return Object.fromEntries(comments) as Comments;
}

function optionsOf(path: string): ts.CompilerOptions {
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: fail };
  const config = ts.getParsedCommandLineOfConfigFile(path, { noEmit: true }, host);
  if (config === undefined) throw new Error(`${path} cannot be read`);
  return config.options;
}

function fail(diagnostic: ts.Diagnostic): never {
  throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'));
}

function exported(checker: ts.TypeChecker, file: ts.SourceFile, name: string): ts.Symbol | undefined {
  const module = checker.getSymbolAtLocation(file);
  return module && checker.getExportsOfModule(module).find((symbol) => symbol.name === name);
}

/** The declaration of the description of a kind, for the property of the registry that stands for it: `acl: typeof acl`. */
function descriptionOf(checker: ts.TypeChecker, kind: ts.Symbol): ts.Declaration {
  const declaration = kind.valueDeclaration;
  const type = declaration && ts.isPropertySignature(declaration) ? declaration.type : undefined;
  const local = type && ts.isTypeQueryNode(type) ? checker.getSymbolAtLocation(type.exprName) : undefined;
  const isAlias = local !== undefined && (local.flags & ts.SymbolFlags.Alias) !== 0;
  const found = (isAlias ? checker.getAliasedSymbol(local) : local)?.valueDeclaration;
  if (found === undefined) throw new Error(`the registry does not say what ${kind.name} is`);
  return found;
}

function kindComments(checker: ts.TypeChecker, kind: ts.Symbol): Omit<KindComments, 'errors'> {
  const declaration = descriptionOf(checker, kind);
  const type = checker.getTypeAtLocation(declaration);
  const symbol = ts.isVariableDeclaration(declaration)
    ? checker.getSymbolAtLocation(declaration.name)
    : undefined;
  return {
    text: symbol === undefined ? '' : textOf(checker, symbol),
    input: fieldsOf(checker, propertyOf(checker, type, 'input')),
    output: fieldsOf(checker, propertyOf(checker, type, 'output')),
  };
}

/** The comments of the fields of an object schema, for its type. */
function fieldsOf(checker: ts.TypeChecker, type: ts.Type | undefined): FieldComments {
  const shape = type && propertyOf(checker, type, 'shape');
  const fields = (shape?.getProperties() ?? []).map((field): readonly [string, FieldComment] => [
    field.name,
    {
      text: textOf(checker, field),
      fields: fieldsOf(checker, objectIn(checker, checker.getTypeOfSymbol(field))),
    },
  ]);
  return Object.fromEntries(fields);
}

/** The object schema inside of `optional`, `default` and lists; what wraps another schema has a method `unwrap`. */
function objectIn(checker: ts.TypeChecker, type: ts.Type): ts.Type | undefined {
  if (checker.getPropertyOfType(type, 'shape')) return type;
  const [unwrap] = propertyOf(checker, type, 'unwrap')?.getCallSignatures() ?? [];
  return unwrap && objectIn(checker, unwrap.getReturnType());
}

function propertyOf(checker: ts.TypeChecker, type: ts.Type, name: string): ts.Type | undefined {
  const property = checker.getPropertyOfType(type, name);
  return property && checker.getTypeOfSymbol(property);
}

function textOf(checker: ts.TypeChecker, symbol: ts.Symbol): string {
  return ts
    .displayPartsToString(symbol.getDocumentationComment(checker))
    .replace(/\{@link (\w+)\}/g, '`$1`')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Errors that the rules of a source name: faults, `{ path, message, error: 'name' }`, there and in what it imports from its folder. */
function errorsIn(
  program: ts.Program,
  home: ts.SourceFile,
  homes: ReadonlySet<ts.SourceFile>,
): readonly ControlErrorName[] {
  const found = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isObjectLiteralExpression(node)) faultErrors(node).forEach((name) => found.add(name));
    ts.forEachChild(node, visit);
  };
  for (const file of withNeighbours(program, home, homes)) visit(file);
  // The compiler has checked that each is a name of the catalogue: the field of a fault has that type.
  return [...found].toSorted() as ControlErrorName[];
}

function faultErrors(node: ts.ObjectLiteralExpression): readonly string[] {
  const valueOf = (name: string) =>
    node.properties.find((property) => property.name !== undefined && property.name.getText() === name);
  const error = valueOf('error');
  if (error === undefined || !ts.isPropertyAssignment(error) || !valueOf('path')) return [];
  const literals: string[] = [];
  const visit = (part: ts.Node): void => {
    if (ts.isStringLiteral(part)) literals.push(part.text);
    ts.forEachChild(part, visit);
  };
  visit(error.initializer);
  return literals;
}

function withNeighbours(
  program: ts.Program,
  home: ts.SourceFile,
  homes: ReadonlySet<ts.SourceFile>,
): ReadonlySet<ts.SourceFile> {
  const files = new Set([home]);
  for (const file of files) {
    for (const statement of file.statements) {
      if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
      const name = statement.moduleSpecifier.text;
      const next = name.startsWith('./') ? program.getSourceFile(join(file.fileName, '..', name)) : undefined;
      // Another kind's errors are its own.
      if (next !== undefined && !homes.has(next)) files.add(next);
    }
  }
  return files;
}
