/** The graph as data: values with dtype and shape, nodes, initialisers. Built by `GraphBuilder`, written by `serialize`. */

/** `uint4`: two in a byte, the first in the low half. */
export type DType = 'float32' | 'float16' | 'int64' | 'int32' | 'bool' | 'uint8' | 'uint4';

/** A size known at build time, or the name of one known only at run time. Sums are written `a+b`. */
export type Dim = number | string;
export type Shape = readonly Dim[];

/** Result of a node, an input or an initialiser: what later nodes refer to. */
export interface Value {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
}

export type Attribute = number | string | readonly number[] | { readonly float: number } | { readonly floats: readonly number[] };

export interface GraphNode {
  readonly op: string;
  /** '' for the ONNX standard, `com.microsoft` for ONNX Runtime's own operators. */
  readonly domain: string;
  /** '' stands for an optional input left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export interface Initializer extends Value {
  readonly shape: readonly number[];
  /** Little-endian raw bytes, row-major. */
  readonly data: Uint8Array;
}

export interface Graph {
  readonly name: string;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly nodes: readonly GraphNode[];
  readonly initializers: ReadonlyMap<string, Initializer>;
  /** By name, as nodes give it: every value that a node reads or writes. */
  readonly values: ReadonlyMap<string, Value>;
}

/** Raised when a graph is put together wrongly: a bug in the code that builds it. */
export class GraphError extends Error {
  override readonly name = 'GraphError';
}

export interface NodeSpec {
  readonly op: string;
  readonly domain?: string;
  readonly inputs: readonly (Value | null)[];
  /** null: an optional output left out. */
  readonly outputs: readonly ({ readonly dtype: DType; readonly shape: Shape; readonly name?: string } | null)[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

/** Collects nodes in topological order. Operators with shape rules are in `ops.ts`; this class knows none. */
export class GraphBuilder {
  private readonly inputs: Value[] = [];
  private readonly outputs: Value[] = [];
  private readonly nodes: GraphNode[] = [];
  private readonly initializers = new Map<string, Initializer>();
  private readonly values = new Map<string, Value>();
  private readonly constants = new Map<string, Value>();
  private readonly renamed = new Map<string, string>();
  private counter = 0;

  constructor(private readonly name: string) {}

  input(name: string, dtype: DType, shape: Shape): Value {
    const value = this.declare({ name, dtype, shape });
    this.inputs.push(value);
    return value;
  }

  /** Adds a weight or constant table; `data` must hold exactly the bytes that dtype and shape say. */
  initializer(name: string, dtype: DType, shape: readonly number[], data: ArrayBufferView): Value {
    const expected = Math.ceil(shape.reduce((a, b) => a * b, 1) * bytesPerElement(dtype));
    if (data.byteLength !== expected) {
      throw new GraphError(
        `initialiser ${name}: ${data.byteLength} bytes given, ${expected} needed for ${dtype}[${shape.join(',')}]`,
      );
    }
    const value = this.declare({ name, dtype, shape });
    this.initializers.set(name, { ...value, shape, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) });
    return value;
  }

  /** An initialiser that several parts of a graph ask for by the same name, with the same data. */
  shared(name: string, dtype: DType, shape: readonly number[], data: ArrayBufferView): Value {
    return this.constant(`shared:${name}`, () => this.initializer(name, dtype, shape, data));
  }

  /** A small int64 constant (shared if the same was asked for before). Shape [values.length], or [] when `scalar`. */
  int64(values: readonly number[], scalar = false): Value {
    return this.constant(`i64:${values.join(',')}:${scalar}`, () =>
      this.initializer(this.fresh('const'), 'int64', scalar ? [] : [values.length], BigInt64Array.from(values.map(BigInt))),
    );
  }

  /** A float32 scalar constant, shape []. */
  float(value: number): Value {
    return this.constant(`f32:${Object.is(value, -0) ? '-0' : value}`, () =>
      this.initializer(this.fresh('const'), 'float32', [], Float32Array.of(value)),
    );
  }

  /** Appends a node whose result types the caller has worked out, and returns its outputs (those not left out). */
  node(spec: NodeSpec): Value[] {
    for (const input of spec.inputs) {
      if (input && this.values.get(input.name) !== input)
        throw new GraphError(`${spec.op}: input ${input.name} is not of this graph`);
    }
    const outputs = spec.outputs.map(
      (o) => o && this.declare({ name: o.name ?? this.fresh(spec.op), dtype: o.dtype, shape: o.shape }),
    );
    this.nodes.push({
      op: spec.op,
      domain: spec.domain ?? '',
      inputs: spec.inputs.map((v) => v?.name ?? ''),
      outputs: outputs.map((v) => v?.name ?? ''),
      attributes: spec.attributes ?? {},
    });
    return outputs.filter((v) => v !== null);
  }

  /** Declares a graph output. The value is renamed when the graph is built: an Identity node would copy it. */
  output(name: string, value: Value): void {
    if (this.renamed.has(value.name))
      throw new GraphError(`${value.name} is an output already, as ${this.renamed.get(value.name)!}`);
    if (!this.nodes.some((n) => n.outputs.includes(value.name))) throw new GraphError(`output ${name} is not computed by a node`);
    this.declare({ ...value, name });
    this.renamed.set(value.name, name);
    this.outputs.push({ ...value, name });
  }

  /** The nodes so far, in order: for passes that extend the graph, as differentiation does. */
  get appended(): readonly GraphNode[] {
    return this.nodes;
  }

  /** The value of that name, as a node's `inputs` and `outputs` give it. */
  valueNamed(name: string): Value {
    const value = this.values.get(name);
    if (!value) throw new GraphError(`${name} is no value of graph ${this.name}`);
    return value;
  }

  /** The initialiser of that name, if it is one: axes, sizes and the like are read off it. */
  initializerNamed(name: string): Initializer | undefined {
    return this.initializers.get(name);
  }

  /** The graph of the outputs declared: what none of them needs is left out, inputs excepted. */
  build(): Graph {
    if (this.outputs.length === 0) throw new GraphError(`graph ${this.name} has no outputs`);
    const rename = (name: string): string => this.renamed.get(name) ?? name;
    const { nodes: live, used } = this.live();
    const nodes = live.map((n) => ({ ...n, inputs: n.inputs.map(rename), outputs: n.outputs.map(rename) }));
    const initializers = new Map([...this.initializers].filter(([name]) => used.has(name)));
    const names = new Set(live.flatMap((n) => [...n.inputs, ...n.outputs]).filter((name) => name !== ''));
    const values = new Map([...names].map((n) => [rename(n), { ...this.valueNamed(n), name: rename(n) }]));
    return { name: this.name, inputs: this.inputs, outputs: this.outputs, nodes, initializers, values };
  }

  /** The nodes that the outputs come from (the runtime would run the others too), and the values that these use. */
  private live(): { readonly nodes: readonly GraphNode[]; readonly used: ReadonlySet<string> } {
    const used = new Set(this.renamed.keys());
    const nodes = this.nodes.toReversed().filter((node) => {
      const wanted = node.outputs.some((o) => used.has(o));
      if (wanted) for (const i of node.inputs) used.add(i);
      return wanted;
    });
    return { nodes: nodes.reverse(), used };
  }

  private constant(key: string, make: () => Value): Value {
    const known = this.constants.get(key);
    if (known) return known;
    const value = make();
    this.constants.set(key, value);
    return value;
  }

  private fresh(op: string): string {
    return `${op}_${this.counter++}`;
  }

  private declare(value: Value): Value {
    if (this.values.has(value.name)) throw new GraphError(`two values are called ${value.name}`);
    this.values.set(value.name, value);
    return value;
  }
}

export function bytesPerElement(dtype: DType): number {
  switch (dtype) {
    case 'int64':
      return 8;
    case 'float32':
    case 'int32':
      return 4;
    case 'float16':
      return 2;
    case 'uint4':
      return 0.5;
    default:
      return 1;
  }
}
