/**
 * The order in which resources that refer to one another can be stored group by group, so that every reference finds its
 * target in the same group or an earlier one: the strongly connected components of the reference graph, targets first
 * (Tarjan 1972). Written without recursion, because chains of references can be long.
 *
 * @param count resources are the numbers from 0 to `count` - 1
 * @param targetsOf the resources that one refers to
 */
export function* loadOrder(count: number, targetsOf: (resource: number) => readonly number[]): Generator<number[]> {
  const unvisited = -1;
  const index = new Int32Array(count).fill(unvisited);
  const lowest = new Int32Array(count);
  const onStack = new Uint8Array(count);
  const stack: number[] = [];
  let next = 0;

  for (let root = 0; root < count; root += 1) {
    if (index[root] !== unvisited) continue;
    const path: { node: number; targets: readonly number[]; position: number }[] = [];
    const enter = (node: number): void => {
      index[node] = next;
      lowest[node] = next;
      next += 1;
      stack.push(node);
      onStack[node] = 1;
      path.push({ node, targets: targetsOf(node), position: 0 });
    };
    enter(root);
    for (let step = path.at(-1); step; step = path.at(-1)) {
      const { node, targets } = step;
      const target = targets[step.position];
      step.position += 1;
      if (target === undefined) {
        path.pop();
        const parent = path.at(-1);
        if (parent) lowest[parent.node] = Math.min(lowest[parent.node] ?? 0, lowest[node] ?? 0);
        if (lowest[node] !== index[node]) continue;
        const group: number[] = [];
        for (let member = stack.pop(); member !== undefined; member = stack.pop()) {
          onStack[member] = 0;
          group.push(member);
          if (member === node) break;
        }
        yield group;
      } else if (index[target] === unvisited) {
        enter(target);
      } else if (onStack[target] === 1) {
        lowest[node] = Math.min(lowest[node] ?? 0, index[target] ?? 0);
      }
    }
  }
}
