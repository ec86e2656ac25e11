/** Which names a place in the source can see. */
import type ts from 'typescript';
import type { SourceUnit } from './parse';

export interface ScopedName {
  readonly name: string;
  /** 0 in the same block, more with each function or block crossed. */
  readonly distance: number;
  readonly role: 'parameter' | 'local' | 'function' | 'module' | 'import';
  readonly position: number;
  /** Assigned anywhere but in its declaration, or declared by `let`/`var`. */
  readonly mutable: boolean;
}

function bindingNames(unit: SourceUnit, name: ts.BindingName, add: (identifier: ts.Identifier) => void): void {
  if (unit.ts.isIdentifier(name)) {
    add(name);
    return;
  }
  for (const element of name.elements) {
    if (unit.ts.isBindingElement(element)) bindingNames(unit, element.name, add);
  }
}

/** Names that can be used at `node`, nearest first. Names in their temporal dead zone are left out. */
export function namesInScope(unit: SourceUnit, node: ts.Node): ScopedName[] {
  const { ts: api } = unit;
  const out: ScopedName[] = [];
  const seen = new Set<string>();
  const position = node.getStart(unit.file);
  let distance = 0;
  let crossedFunction = false;
  const add = (identifier: ts.Identifier, role: ScopedName['role'], mutable: boolean): void => {
    if (seen.has(identifier.text)) return;
    seen.add(identifier.text);
    out.push({ name: identifier.text, distance, role, position: identifier.pos, mutable });
  };
  const addList = (list: ts.VariableDeclarationList, atModule: boolean): void => {
    const mutable = (list.flags & api.NodeFlags.Const) === 0;
    for (const declaration of list.declarations) {
      // Inside a nested function the declaration has run by the time the body does.
      if (!crossedFunction && !atModule && declaration.end > position && declaration.pos <= node.end) continue;
      if (!crossedFunction && !atModule && declaration.pos > position) continue;
      bindingNames(unit, declaration.name, (id) => {
        add(id, atModule ? 'module' : 'local', mutable);
      });
    }
  };
  const addStatements = (statements: readonly ts.Statement[], atModule: boolean): void => {
    for (const statement of statements) {
      if (api.isVariableStatement(statement)) addList(statement.declarationList, atModule);
      else if (api.isFunctionDeclaration(statement) && statement.name) add(statement.name, 'function', false);
      else if (api.isClassDeclaration(statement) && statement.name) add(statement.name, 'module', false);
      else if (api.isImportDeclaration(statement) && statement.importClause) {
        const clause = statement.importClause;
        if (clause.name) add(clause.name, 'import', false);
        if (clause.namedBindings && api.isNamedImports(clause.namedBindings))
          clause.namedBindings.elements.forEach((e) => { add(e.name, 'import', false); }); // prettier-ignore
        else if (clause.namedBindings && api.isNamespaceImport(clause.namedBindings))
          add(clause.namedBindings.name, 'import', false);
      }
    }
  };
  for (let at: ts.Node | undefined = node; at; at = at.parent as ts.Node | undefined) {
    if (api.isFunctionLike(at)) {
      for (const parameter of at.parameters) {
        // A default value sees only the parameters before it.
        if (parameter.pos <= position && position < parameter.end && !crossedFunction) continue;
        bindingNames(unit, parameter.name, (id) => {
          add(id, 'parameter', true);
        });
      }
      crossedFunction = true;
      distance += 1;
    } else if (api.isBlock(at) || api.isCaseClause(at) || api.isDefaultClause(at)) {
      addStatements(at.statements, false);
      distance += 1;
    } else if (api.isForStatement(at) && at.initializer && api.isVariableDeclarationList(at.initializer)) {
      addList(at.initializer, false);
    } else if (api.isForOfStatement(at) || api.isForInStatement(at)) {
      if (api.isVariableDeclarationList(at.initializer) && at.statement.pos <= position) addList(at.initializer, false);
    } else if (api.isCatchClause(at) && at.variableDeclaration) {
      bindingNames(unit, at.variableDeclaration.name, (id) => {
        add(id, 'local', true);
      });
    } else if (api.isSourceFile(at)) {
      addStatements(at.statements, true);
    }
  }
  return out;
}

/** True where the name is only in the way as a value to compute with (functions and imports are for calling). */
export function isValueName(name: ScopedName): boolean {
  return name.role === 'parameter' || name.role === 'local' || name.role === 'module';
}
