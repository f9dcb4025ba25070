/**
 * Notes what a program writes to, so that at the end of a turn only that of its memory is looked at: around each object of which a
 * member is assigned, counted up or deleted stands `$$w(…)`. Where the program may wait between that and the writing (`a.b = await c`),
 * the turn of the writing may be a later one: what is waited for stands in `$$late(…)`. A module that may write by ways that cannot be
 * seen in it says so.
 */
import type { Insertions } from './insertions.ts'
import { type AnyNode, children } from './tree.ts'

/** Put before a module's first statement. */
const NOTED = '$$noted??=1;'
const UNNOTED = '$$noted=0;'

/** Marks, all through a tree, the members that are written to; what is to stand at the module's head. */
export function findWrites(tree: AnyNode): string {
  let isNoted = true
  const target = (node: AnyNode | null): void => {
    switch (node?.type) {
      case 'MemberExpression':
        if (node.object.type === 'Super') isNoted = false
        // A private name is nobody's data.
        else if (node.property.type !== 'PrivateIdentifier') {
          node.isWritten = true
          node.property.isLate = node.computed && mayWait(node.property)
        }
        break
      case 'ChainExpression':
        isNoted = false
        break
      case 'ArrayPattern':
        node.elements.forEach(target)
        break
      case 'ObjectPattern':
        for (const part of node.properties) target(part.type === 'Property' ? part.value : part)
        break
      case 'AssignmentPattern':
        assigned(node)
        break
      case 'RestElement':
        target(node.argument)
    }
  }
  const assigned = ({ left, right }: AnyNode): void => {
    target(left)
    right.isLate = left.isWritten === true && mayWait(right)
  }
  const walk = (node: AnyNode): void => {
    if (node.type === 'AssignmentExpression') assigned(node)
    else if (node.type === 'UpdateExpression') target(node.argument)
    else if (node.type === 'UnaryExpression' && node.operator === 'delete') target(node.argument)
    else if (node.type === 'ForInStatement' || node.type === 'ForOfStatement') target(node.left)
    else if (hidesWrites(node)) isNoted = false
    for (const child of children(node)) walk(child)
  }
  walk(tree)
  return isNoted ? NOTED : UNNOTED
}

/** An accessor of an object gives what it likes; a field is defined on whatever the class above has given back. */
const hidesWrites = (node: AnyNode): boolean =>
  (node.type === 'Property' && (node.kind === 'get' || node.kind === 'set')) ||
  ((node.type === 'ClassDeclaration' || node.type === 'ClassExpression') &&
    node.superClass !== null &&
    node.body.body.some(
      (part: AnyNode) => part.type === 'PropertyDefinition' && !part.static && part.key.type !== 'PrivateIdentifier',
    ))

/** Whether turns may pass before it has its value; functions in it wait for themselves. */
function mayWait(node: AnyNode): boolean {
  if (node.type === 'AwaitExpression' || node.type === 'YieldExpression') return true
  return !/Function/.test(node.type) && children(node).some(mayWait)
}

/** Around the object of a member that is written to. */
export function noteWrite({ object }: AnyNode, edits: Insertions, inside: () => void): void {
  callOf('$$w', object, edits, inside)
}

/** Around what is waited for before a writing. */
export function noteLate(node: AnyNode, edits: Insertions, inside: () => void): void {
  callOf('$$late', node, edits, inside)
}

function callOf(name: string, node: AnyNode, edits: Insertions, inside: () => void): void {
  const several = node.type === 'SequenceExpression'
  edits.open(node.start, several ? `${name}((` : `${name}(`)
  inside()
  edits.close(node.end, several ? '))' : ')')
}
