import { z } from 'zod';
import { configSchema } from '../catalog/config.js';

type Node = z.core.JSONSchema.BaseSchema;

/** The keys that the configuration knows at a place: what an unknown one may have been meant for. */
export const keysAt = (path: readonly PropertyKey[]): string[] => {
  const root: Node = z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' });
  const nodes = path.reduce<Node[]>((at, key) => at.flatMap((node) => below(node, key)).flatMap(branches), branches(root));
  return nodes.flatMap(({ properties, propertyNames }) => [
    ...Object.keys(properties ?? {}),
    ...(typeof propertyNames === 'object' ? (propertyNames.enum ?? []).map(String) : []),
  ]);
};

const branches = (node: Node): Node[] => (node.anyOf === undefined ? [node] : node.anyOf.flatMap((one) => branches(one)));

const below = ({ properties, items, additionalProperties }: Node, key: PropertyKey): Node[] =>
  [typeof key === 'string' ? (properties?.[key] ?? additionalProperties) : items].flatMap((node) =>
    typeof node === 'object' && !Array.isArray(node) ? [node] : [],
  );
