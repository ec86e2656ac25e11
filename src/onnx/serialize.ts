/** Writes a graph as an ONNX ModelProto. Field numbers are those of onnx.proto (IR version 10). */
import { Root, type INamespace, type Type } from 'protobufjs/light';
import type { Attribute, Graph, GraphNode, Initializer, Value } from './graph';
import { onnxType } from './ops';

const scalar = (type: string, id: number) => ({ type, id });
const many = (type: string, id: number) => ({ rule: 'repeated', type, id });

/** The part of onnx.proto that we write. */
const descriptor: INamespace = {
  nested: {
    ModelProto: {
      fields: {
        irVersion: scalar('int64', 1),
        producerName: scalar('string', 2),
        graph: scalar('GraphProto', 7),
        opsetImport: many('OperatorSetIdProto', 8),
      },
    },
    OperatorSetIdProto: { fields: { domain: scalar('string', 1), version: scalar('int64', 2) } },
    GraphProto: {
      fields: {
        node: many('NodeProto', 1),
        name: scalar('string', 2),
        initializer: many('TensorProto', 5),
        input: many('ValueInfoProto', 11),
        output: many('ValueInfoProto', 12),
        valueInfo: many('ValueInfoProto', 13),
      },
    },
    NodeProto: {
      fields: {
        input: many('string', 1),
        output: many('string', 2),
        name: scalar('string', 3),
        opType: scalar('string', 4),
        attribute: many('AttributeProto', 5),
        domain: scalar('string', 7),
      },
    },
    AttributeProto: {
      fields: {
        name: scalar('string', 1),
        f: scalar('float', 2),
        i: scalar('int64', 3),
        s: scalar('bytes', 4),
        floats: many('float', 7),
        ints: many('int64', 8),
        type: scalar('int32', 20),
      },
    },
    TensorProto: {
      fields: { dims: many('int64', 1), dataType: scalar('int32', 2), name: scalar('string', 8), rawData: scalar('bytes', 9) },
    },
    ValueInfoProto: { fields: { name: scalar('string', 1), type: scalar('TypeProto', 2) } },
    TypeProto: { fields: { tensorType: scalar('TensorTypeProto', 1) } },
    TensorTypeProto: { fields: { elemType: scalar('int32', 1), shape: scalar('TensorShapeProto', 2) } },
    TensorShapeProto: { fields: { dim: many('DimensionProto', 1) } },
    DimensionProto: { fields: { dimValue: scalar('int64', 1), dimParam: scalar('string', 2) } },
  },
};

let modelProto: Type | undefined;

export interface SerializeOptions {
  /**
   * Have the nodes run in the order in which they were appended. ONNX Runtime (1.30) sorts nodes itself: depth first, the last written sink with all
   * that it needs before the others. In a training graph that is the whole chain of gradients before the first gradient by a weight, and all
   * activations stay until the end (measured: twice the memory). Written back to front, nodes run as they were appended.
   */
  readonly runAsAppended?: boolean;
}

/** Serialises a graph, weights included, to the bytes that an inference session is created from. */
export function serialize(graph: Graph, options: SerializeOptions = {}): Uint8Array {
  modelProto ??= Root.fromJSON(descriptor).lookupType('ModelProto');
  return modelProto
    .encode({
      irVersion: 10,
      producerName: 'unmask',
      opsetImport: [
        { domain: '', version: 21 },
        { domain: 'com.microsoft', version: 1 },
      ],
      graph: {
        name: graph.name,
        node: (options.runAsAppended ? graph.nodes.toReversed() : graph.nodes).map(nodeProto),
        initializer: [...graph.initializers.values()].map(tensorProto),
        input: graph.inputs.map(valueInfo),
        output: graph.outputs.map(valueInfo),
        valueInfo: innerValues(graph).map(valueInfo),
      },
    })
    .finish();
}

/** What nodes compute for one another. */
function innerValues(graph: Graph): Value[] {
  const outputs = new Set(graph.outputs.map((o) => o.name));
  const computed = graph.nodes.flatMap((n) => n.outputs).filter((name) => name !== '' && !outputs.has(name));
  return computed.map((name) => graph.values.get(name)!);
}

function nodeProto(node: GraphNode): object {
  return {
    name: node.outputs[0],
    opType: node.op,
    domain: node.domain,
    input: node.inputs,
    output: node.outputs,
    attribute: Object.entries(node.attributes).map(([name, value]) => attributeProto(name, value)),
  };
}

/** AttributeProto.AttributeType: FLOAT 1, INT 2, STRING 3, FLOATS 6, INTS 7. A bare number is an integer. */
function attributeProto(name: string, value: Attribute): object {
  if (typeof value === 'number') return { name, i: value, type: 2 };
  if (typeof value === 'string') return { name, s: new TextEncoder().encode(value), type: 3 };
  if ('float' in value) return { name, f: value.float, type: 1 };
  if ('floats' in value) return { name, floats: value.floats, type: 6 };
  return { name, ints: value, type: 7 };
}

function tensorProto(t: Initializer): object {
  return { name: t.name, dims: t.shape, dataType: onnxType(t.dtype), rawData: t.data };
}

function valueInfo(v: Value): object {
  const dim = v.shape.map((d) => (typeof d === 'number' ? { dimValue: d } : { dimParam: d }));
  return { name: v.name, type: { tensorType: { elemType: onnxType(v.dtype), shape: { dim } } } };
}
